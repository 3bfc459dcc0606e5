// Where objects are stored. Two implementations, in memory and on disk, must pass one conformance suite. Every change
// happens whole or not at all, also for readers and across a crash. When a promise resolves, the change is as durable
// as the store can make it, and no read has shown it before.

import type { BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord } from './records.ts'

export interface ObjectListQuery {
  readonly prefix: string
  readonly delimiter: string
  /** The page starts after this key or common prefix. */
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
  /** The page starts after this key or common prefix, or within the key if `afterVersion` names one of its versions. */
  readonly afterKey: string
  /** The page starts after this version; empty for none. */
  readonly afterVersion: string
  readonly limit: number
}

export interface VersionListPage {
  /** Versions (including delete markers) and common prefixes, in order. */
  readonly entries: readonly (
    | { readonly object: ObjectRecord; readonly isLatest: boolean }
    | { readonly prefix: string }
  )[]
  readonly isTruncated: boolean
}

/** An object or a version to delete. Without a version id, the bucket's versioning decides what happens. */
export interface Deletion {
  readonly key: string
  readonly versionId?: string
}

/** The result of a deletion. */
export interface Deleted extends Deletion {
  /** The delete marker that was created, or that was deleted by its version id. */
  readonly marker?: ObjectRecord
}

/** Writes bytes into the store. They are invisible until a record names them. */
export interface BlobWriter {
  /** Resolves when more bytes may be written. The store owns the chunk from now on. */
  write(chunk: Uint8Array): Promise<void>
  /** Resolves when the bytes are durable. */
  finish(): Promise<readonly Segment[]>
  /** Drops the written bytes, also after `finish` if no record uses them. Never rejects. */
  discard(): Promise<void>
}

/** An object that stays readable until it is closed, even if it is deleted or replaced meanwhile. */
export interface OpenObject {
  readonly record: ObjectRecord
  /** Reads the bytes from `start` to `end` (exclusive). Closes the object at the end, or when the reader stops. */
  read(start: number, end: number): AsyncIterable<Uint8Array>
  close(): void
}

/** Why a change was refused. */
export type Refusal = 'no-bucket' | 'no-object' | 'no-upload' | 'exists' | 'not-empty' | 'changed'

/** Returns whether a change was refused. */
export function isRefusal(result: unknown): result is Refusal {
  return typeof result === 'string'
}

export interface PutOptions {
  /** Refuse with `exists` if a read would find an object. Only buckets without versioning obey it. */
  readonly ifAbsent: boolean
  /** Refuse with `changed` if the newest version is a different one; `undefined` means no version. */
  readonly ifStill?: ObjectRecord | undefined
  /** Store the object as the version `null` even where versioning is enabled, as AppendObject does. */
  readonly isNullVersion?: boolean
}

export interface ObjectStore {
  buckets(): Promise<readonly BucketRecord[]>
  bucket(name: string): Promise<BucketRecord | undefined>
  /** Creates the bucket or replaces its record. */
  putBucket(bucket: BucketRecord): Promise<void>
  /** Changes the record in one step, so that no other change is lost. Refuses with `no-bucket`. */
  changeBucket(
    name: string,
    change: (bucket: BucketRecord) => BucketRecord,
  ): Promise<Refusal | BucketRecord>
  /** Refuses with `no-bucket`, or with `not-empty` while the bucket has versions of objects or uploads. */
  deleteBucket(name: string): Promise<Refusal | undefined>

  createBlob(): BlobWriter

  /** Returns the object that a read finds. It is never a delete marker, unless its version is named. */
  object(bucket: string, key: string, versionId?: string): Promise<ObjectRecord | undefined>
  /** Returns the newest version, which may be a delete marker. */
  latest(bucket: string, key: string): Promise<ObjectRecord | undefined>
  /** Opens an object. Delete markers cannot be opened. */
  openObject(bucket: string, key: string, versionId?: string): Promise<OpenObject | undefined>
  /** Stores an object as the newest version, as the bucket's versioning requires. Returns it with its version id. */
  putObject(
    bucket: string,
    object: ObjectRecord,
    options: PutOptions,
  ): Promise<Refusal | ObjectRecord>
  /**
   * Changes the record of the current object, or of a version, in one step. Refuses with `no-object` if it is a
   * delete marker or does not exist.
   */
  changeObject(
    bucket: string,
    place: Deletion,
    change: (object: ObjectRecord) => ObjectRecord,
  ): Promise<Refusal | ObjectRecord>
  /** Deletes all or none. Returns the result of each deletion, in the same order. */
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
  /** All uploads of the bucket, unordered. */
  uploads(bucket: string): Promise<readonly UploadRecord[]>
  /** Adds a part or replaces the part with the same number. */
  putPart(bucket: string, id: string, part: PartRecord): Promise<Refusal | undefined>
  /** Returns all parts in ascending order; empty if the upload does not exist. */
  parts(bucket: string, id: string): Promise<readonly PartRecord[]>
  /**
   * Stores the object and ends the upload, both or none. Refuses with `changed` if one of the object's parts was
   * replaced after it was read.
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
  /** Drops the parts, and also the upload unless it is kept. */
  abortUpload(
    bucket: string,
    id: string,
    options: { readonly keepUpload: boolean },
  ): Promise<Refusal | undefined>

  /** Waits for running operations. The store must not be used afterwards. */
  close(): Promise<void>
}
