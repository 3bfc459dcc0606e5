// Where objects are kept. Two implementations, in memory and on disk, are held to one conformance suite.
// Every change is whole or not at all, also for readers and across a crash: when a promise resolves, the
// change is as durable as the store can make it, and no read has shown it before.

import type { BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord } from './records.ts'

export interface ObjectListQuery {
  readonly prefix: string
  readonly delimiter: string
  /** Exclusive; a common prefix or a key. */
  readonly after: string
  readonly limit: number
}

export interface ObjectListPage {
  /** Objects and common prefixes together, in the order of their UTF-8 bytes. */
  readonly entries: readonly (ObjectRecord | { readonly prefix: string })[]
  readonly isTruncated: boolean
}

export interface VersionListQuery {
  readonly prefix: string
  readonly delimiter: string
  /** Exclusive, unless `afterVersion` names one of its versions; a common prefix or a key. */
  readonly afterKey: string
  /** Exclusive; empty for none. */
  readonly afterVersion: string
  readonly limit: number
}

export interface VersionListPage {
  /** Versions, delete markers among them, and common prefixes, in order. */
  readonly entries: readonly (
    | { readonly object: ObjectRecord; readonly isLatest: boolean }
    | { readonly prefix: string }
  )[]
  readonly isTruncated: boolean
}

/** An object or a version to delete. Without a version the rules of the bucket's versioning decide. */
export interface Deletion {
  readonly key: string
  readonly versionId?: string
}

/** What a deletion did. */
export interface Deleted extends Deletion {
  /** The delete marker that was set, or deleted if a version was named. */
  readonly marker?: ObjectRecord
}

/** Bytes on their way into the store. Nothing can see them until a record names them. */
export interface BlobWriter {
  /** Resolves when more may come. The chunk belongs to the store from now on. */
  write(chunk: Uint8Array): Promise<void>
  /** Resolves when the bytes are durable. */
  finish(): Promise<readonly Segment[]>
  /** Drops what was written, also after `finish` if no record took it. Never rejects. */
  discard(): Promise<void>
}

/** An object that stays readable, even if it is deleted or replaced meanwhile, until it is closed. */
export interface OpenObject {
  readonly record: ObjectRecord
  /** Bytes from `start` to `end`, exclusive. Closes the object at its end, or when the reader stops. */
  read(start: number, end: number): AsyncIterable<Uint8Array>
  close(): void
}

/** Why a change was refused. */
export type Refusal = 'no-bucket' | 'no-object' | 'no-upload' | 'exists' | 'not-empty' | 'changed'

/** Whether a change was refused. */
export function isRefusal(result: unknown): result is Refusal {
  return typeof result === 'string'
}

export interface PutOptions {
  /** Refuse with `exists` if a read would find an object. Only buckets without versioning honour it. */
  readonly ifAbsent: boolean
  /** Refuse with `changed` if the newest version is another; `undefined` means none. */
  readonly ifStill?: ObjectRecord | undefined
  /** Store it as the version `null` also where versioning is enabled, as AppendObject does. */
  readonly isNullVersion?: boolean
}

export interface ObjectStore {
  buckets(): Promise<readonly BucketRecord[]>
  bucket(name: string): Promise<BucketRecord | undefined>
  /** Makes the bucket or replaces its record. */
  putBucket(bucket: BucketRecord): Promise<void>
  /** Changes the record in one step, so that no other change is lost. Refused with `no-bucket`. */
  changeBucket(
    name: string,
    change: (bucket: BucketRecord) => BucketRecord,
  ): Promise<Refusal | BucketRecord>
  /** Refused with `no-bucket`, or `not-empty` while it holds versions of objects or uploads. */
  deleteBucket(name: string): Promise<Refusal | undefined>

  createBlob(): BlobWriter

  /** What a read finds: never a delete marker, unless its version is named. */
  object(bucket: string, key: string, versionId?: string): Promise<ObjectRecord | undefined>
  /** The newest version, which may be a delete marker. */
  latest(bucket: string, key: string): Promise<ObjectRecord | undefined>
  /** Delete markers cannot be opened. */
  openObject(bucket: string, key: string, versionId?: string): Promise<OpenObject | undefined>
  /** Stores an object as the newest version, by the bucket's versioning. Returns it with its version id. */
  putObject(
    bucket: string,
    object: ObjectRecord,
    options: PutOptions,
  ): Promise<Refusal | ObjectRecord>
  /**
   * Changes the record of the current object, or of a version, in one step. Refused with `no-object` if it
   * is a delete marker or does not exist.
   */
  changeObject(
    bucket: string,
    place: Deletion,
    change: (object: ObjectRecord) => ObjectRecord,
  ): Promise<Refusal | ObjectRecord>
  /** Deletes all or none. Returns what happened to each, in the same order. */
  deleteObjects(
    bucket: string,
    deletions: readonly Deletion[],
    options: {
      /** The time of delete markers, epoch milliseconds. */
      readonly at: number
      /** Whether a key without any version gets a delete marker too. */
      readonly markAbsent: boolean
    },
  ): Promise<Refusal | readonly Deleted[]>
  listObjects(bucket: string, query: ObjectListQuery): Promise<ObjectListPage>
  listVersions(bucket: string, query: VersionListQuery): Promise<VersionListPage>

  createUpload(bucket: string, upload: UploadRecord): Promise<Refusal | undefined>
  upload(bucket: string, id: string): Promise<UploadRecord | undefined>
  /** All uploads of the bucket, in no order. */
  uploads(bucket: string): Promise<readonly UploadRecord[]>
  /** Adds a part or replaces the one of its number. */
  putPart(bucket: string, id: string, part: PartRecord): Promise<Refusal | undefined>
  /** All parts in ascending order; empty if there is no such upload. */
  parts(bucket: string, id: string): Promise<readonly PartRecord[]>
  /**
   * Puts the object in place and ends the upload, both or none. Refused with `changed` if one of the parts
   * that the object was put together from was replaced since it was read.
   */
  completeUpload(
    bucket: string,
    id: string,
    completion: {
      readonly object: ObjectRecord
      readonly parts: readonly PartRecord[]
      readonly ifAbsent: boolean
    },
  ): Promise<Refusal | ObjectRecord>
  /** Drops the parts and, unless it is kept, the upload. */
  abortUpload(
    bucket: string,
    id: string,
    options: { readonly keepUpload: boolean },
  ): Promise<Refusal | undefined>

  /** Waits for running operations. The store is not used afterwards. */
  close(): Promise<void>
}
