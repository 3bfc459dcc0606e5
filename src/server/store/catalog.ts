// The content of the store, as one value in memory. Applying a record changes it. The disk store writes the same
// records to its log and reads them at the start, so both stores follow the same rules. The catalogue counts
// references to blobs, because copies and completed uploads share bytes with their sources.

import { BucketObjects } from './bucket-objects.ts'
import type { BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord } from './records.ts'
import { nullVersion, readVersionId, versionIdOf, writeVersionId } from './version-ids.ts'

/** One change. Names are short because a log contains many. */
export type Change =
  | { readonly do: 'bucket'; readonly bucket: BucketRecord }
  | { readonly do: 'drop-bucket'; readonly in: string }
  /** Adds a new version. It replaces the version with the same id; all others become older versions. */
  | { readonly do: 'object'; readonly in: string; readonly object: ObjectRecord }
  /** Changes the metadata of the version with the same id, which keeps its place. */
  | { readonly do: 'change'; readonly in: string; readonly object: ObjectRecord }
  | { readonly do: 'drop-version'; readonly in: string; readonly key: string; readonly id: string }
  | { readonly do: 'drop-objects'; readonly in: string; readonly keys: readonly string[] }
  /** Several changes. All of them are made, or none. */
  | { readonly do: 'all'; readonly in: string; readonly changes: readonly Change[] }
  /** The number of the next version id. */
  | { readonly do: 'next-version'; readonly number: number }
  | { readonly do: 'upload'; readonly in: string; readonly upload: UploadRecord }
  | { readonly do: 'part'; readonly in: string; readonly id: string; readonly part: PartRecord }
  | { readonly do: 'drop-parts'; readonly in: string; readonly id: string }
  | { readonly do: 'drop-upload'; readonly in: string; readonly id: string }
  | {
      readonly do: 'complete'
      readonly in: string
      readonly id: string
      readonly object: ObjectRecord
    }

export interface Upload {
  readonly record: UploadRecord
  readonly parts: Map<number, PartRecord>
}

export interface Bucket {
  record: BucketRecord
  readonly objects: BucketObjects
  readonly uploads: Map<string, Upload>
}

export class Catalog {
  readonly buckets = new Map<string, Bucket>()
  readonly #references = new Map<string, number>()
  /** Blobs that have no reference any more and wait to be removed. */
  #unused = new Set<string>()
  #nextVersion = 1

  /** Returns an id that no version has or had. */
  newVersionId(): string {
    return writeVersionId(this.#nextVersion++)
  }

  /** Applies one change. The objects that it refers to must exist: the store checks this before. */
  apply(change: Change): void {
    if (change.do === 'bucket') {
      const known = this.buckets.get(change.bucket.name)
      if (known) known.record = change.bucket
      else {
        this.buckets.set(change.bucket.name, {
          record: change.bucket,
          objects: new BucketObjects(),
          uploads: new Map(),
        })
      }
      return
    }
    if (change.do === 'next-version') {
      this.#nextVersion = Math.max(this.#nextVersion, change.number)
      return
    }
    const bucket = this.buckets.get(change.in)
    if (!bucket) return
    switch (change.do) {
      case 'drop-bucket':
        this.buckets.delete(change.in)
        break
      case 'object':
        this.#setObject(bucket, change.object)
        break
      case 'drop-objects':
        for (const key of change.keys) this.#dropVersion(bucket, key, nullVersion)
        break
      case 'change':
        this.#retain(change.object.segments)
        this.#release(bucket.objects.replace(change.object)?.segments)
        break
      case 'drop-version':
        this.#dropVersion(bucket, change.key, change.id)
        break
      case 'all':
        for (const one of change.changes) this.apply(one)
        break
      case 'upload':
        bucket.uploads.set(change.upload.id, { record: change.upload, parts: new Map() })
        break
      case 'part': {
        const upload = bucket.uploads.get(change.id)
        if (!upload) break
        this.#retain(change.part.segments)
        this.#release(upload.parts.get(change.part.number)?.segments)
        upload.parts.set(change.part.number, change.part)
        break
      }
      case 'drop-parts':
        this.#dropParts(bucket.uploads.get(change.id))
        break
      case 'drop-upload':
        this.#dropParts(bucket.uploads.get(change.id))
        bucket.uploads.delete(change.id)
        break
      case 'complete':
        this.#setObject(bucket, change.object)
        this.#dropParts(bucket.uploads.get(change.id))
        bucket.uploads.delete(change.id)
        break
    }
  }

  /** Yields the changes that lead from an empty catalogue to this one, for a new log. */
  *snapshot(): Generator<Change> {
    if (this.#nextVersion > 1) yield { do: 'next-version', number: this.#nextVersion }
    for (const bucket of this.buckets.values()) {
      const name = bucket.record.name
      yield { do: 'bucket', bucket: bucket.record }
      for (const object of bucket.objects.oldestFirst()) yield { do: 'object', in: name, object }
      for (const { record, parts } of bucket.uploads.values()) {
        yield { do: 'upload', in: name, upload: record }
        for (const part of parts.values()) yield { do: 'part', in: name, id: record.id, part }
      }
    }
  }

  isReferenced(blob: string): boolean {
    return this.#references.has(blob)
  }

  /** Returns the blobs that lost their last reference since the last call. */
  takeUnused(): string[] {
    if (this.#unused.size === 0) return []
    const unused = [...this.#unused].filter(blob => !this.#references.has(blob))
    this.#unused = new Set()
    return unused
  }

  #setObject(bucket: Bucket, object: ObjectRecord): void {
    this.#retain(object.segments)
    this.#release(bucket.objects.put(object)?.segments)
    this.#nextVersion = Math.max(this.#nextVersion, readVersionId(versionIdOf(object)) + 1)
  }

  #dropVersion(bucket: Bucket, key: string, id: string): void {
    this.#release(bucket.objects.drop(key, id)?.segments)
  }

  #dropParts(upload: Upload | undefined): void {
    for (const part of upload?.parts.values() ?? []) this.#release(part.segments)
    upload?.parts.clear()
  }

  #retain(segments: readonly Segment[]): void {
    for (const { blob } of segments) {
      this.#references.set(blob, (this.#references.get(blob) ?? 0) + 1)
    }
  }

  #release(segments: readonly Segment[] = []): void {
    for (const { blob } of segments) {
      const left = (this.#references.get(blob) ?? 0) - 1
      if (left > 0) this.#references.set(blob, left)
      else {
        this.#references.delete(blob)
        this.#unused.add(blob)
      }
    }
  }
}
