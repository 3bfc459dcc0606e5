// Where objects are kept. Two implementations, in memory and on disk, are held to one conformance suite.
// Every change is whole or not at all, also for readers and across a crash: when a promise resolves, the
// change is as durable as the store can make it, and nobody has seen it before it was.

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
export type Refusal = 'no-bucket' | 'no-upload' | 'exists' | 'not-empty' | 'changed'

export interface ObjectStore {
  buckets(): Promise<readonly BucketRecord[]>
  bucket(name: string): Promise<BucketRecord | undefined>
  /** Makes the bucket or replaces its record. */
  putBucket(bucket: BucketRecord): Promise<void>
  /** Refused with `no-bucket`, or `not-empty` while it holds objects or uploads. */
  deleteBucket(name: string): Promise<Refusal | undefined>

  createBlob(): BlobWriter

  object(bucket: string, key: string): Promise<ObjectRecord | undefined>
  openObject(bucket: string, key: string): Promise<OpenObject | undefined>
  /**
   * Refused with `no-bucket`, with `exists` if the key is taken and `ifAbsent` is set, and with `changed`
   * if `ifStill` is given and the key holds something else by now; `undefined` stands for nothing.
   */
  putObject(
    bucket: string,
    object: ObjectRecord,
    options: { readonly ifAbsent: boolean; readonly ifStill?: ObjectRecord | undefined },
  ): Promise<Refusal | undefined>
  deleteObjects(bucket: string, keys: readonly string[]): Promise<Refusal | undefined>
  listObjects(bucket: string, query: ObjectListQuery): Promise<ObjectListPage>

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
  ): Promise<Refusal | undefined>
  /** Drops the parts and, unless it is kept, the upload. */
  abortUpload(
    bucket: string,
    id: string,
    options: { readonly keepUpload: boolean },
  ): Promise<Refusal | undefined>

  /** Waits for what is under way; the store is not used afterwards. */
  close(): Promise<void>
}
