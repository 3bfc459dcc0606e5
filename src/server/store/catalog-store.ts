// Implements the store with a catalogue, a place for bytes and a log. A change is checked and applied without waiting
// in between, so no other request can interfere. Then it waits for the log. Reads wait for the log too, so they show
// only durable changes.

import { BlobHolds } from './blob-holds.ts'
import type { Bucket, Catalog, Change } from './catalog.ts'
import { deletionChanges } from './delete-objects.ts'
import { listObjects } from './list-objects.ts'
import { listVersions } from './list-versions.ts'
import type { BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord } from './records.ts'
import type {
  BlobWriter,
  Deleted,
  Deletion,
  ObjectListPage,
  ObjectListQuery,
  ObjectStore,
  OpenObject,
  PutOptions,
  Refusal,
  VersionListPage,
  VersionListQuery,
} from './store.ts'
import { nullVersion } from './version-ids.ts'

/** The place where bytes are stored. */
export interface Blobs {
  create(): BlobWriter
  read(segments: readonly Segment[], start: number, end: number): AsyncIterable<Uint8Array>
  /** Removes blobs that have no reference any more. Never rejects: the next start removes leftovers. */
  remove(blobs: readonly string[]): Promise<void>
}

/** The place where changes are written. */
export interface ChangeLog {
  /**
   * Resolves when the change is durable. If it rejects, the catalogue was read again and does not contain the change.
   */
  append(change: Change): Promise<void>
  /** Resolves when everything appended so far is durable or has failed. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface StoreParts {
  /** Called at every use, because a failed write replaces the catalogue. */
  readonly catalog: () => Catalog
  readonly blobs: Blobs
  readonly log: ChangeLog
}

export class CatalogStore implements ObjectStore {
  readonly #parts: StoreParts
  readonly #holds = new BlobHolds()

  constructor(parts: StoreParts) {
    this.#parts = parts
  }

  async buckets(): Promise<readonly BucketRecord[]> {
    const catalog = await this.#read()
    return [...catalog.buckets.values()].map(bucket => bucket.record)
  }

  async bucket(name: string): Promise<BucketRecord | undefined> {
    return (await this.#read()).buckets.get(name)?.record
  }

  async putBucket(bucket: BucketRecord): Promise<void> {
    await this.#change({ do: 'bucket', bucket })
  }

  async changeBucket(
    name: string,
    change: (bucket: BucketRecord) => BucketRecord,
  ): Promise<Refusal | BucketRecord> {
    const known = this.#bucket(name)
    if (!known) return 'no-bucket'
    const bucket = change(known.record)
    await this.#change({ do: 'bucket', bucket })
    return bucket
  }

  async deleteBucket(name: string): Promise<Refusal | undefined> {
    const bucket = this.#bucket(name)
    if (!bucket) return 'no-bucket'
    if (!bucket.objects.isEmpty || bucket.uploads.size > 0) return 'not-empty'
    return this.#change({ do: 'drop-bucket', in: name })
  }

  createBlob(): BlobWriter {
    return this.#parts.blobs.create()
  }

  async object(bucket: string, key: string, versionId?: string) {
    return find((await this.#read()).buckets.get(bucket), { key, versionId })
  }

  async latest(bucket: string, key: string): Promise<ObjectRecord | undefined> {
    return (await this.#read()).buckets.get(bucket)?.objects.latest(key)
  }

  async openObject(
    bucket: string,
    key: string,
    versionId?: string,
  ): Promise<OpenObject | undefined> {
    const catalog = await this.#read()
    const record = find(catalog.buckets.get(bucket), { key, versionId })
    if (!record || record.isDeleteMarker) return undefined
    this.#holds.hold(record.segments)
    let isOpen = true
    const close = () => {
      if (!isOpen) return
      isOpen = false
      void this.#collect(this.#holds.letGo(record.segments))
    }
    const read = (start: number, end: number) =>
      closing(this.#parts.blobs.read(record.segments, start, end), close)
    return { record, read, close }
  }

  async putObject(
    bucket: string,
    object: ObjectRecord,
    options: PutOptions,
  ): Promise<Refusal | ObjectRecord> {
    const known = this.#bucket(bucket)
    if (!known) return 'no-bucket'
    const isVersioned = known.record.versioning !== undefined
    if (options.ifAbsent && !isVersioned && known.objects.current.get(object.key)) return 'exists'
    const latest = known.objects.latest(object.key)
    if ('ifStill' in options && latest !== options.ifStill) return 'changed'
    const version = this.#asVersion(known, object, options)
    await this.#change({ do: 'object', in: bucket, object: version })
    return version
  }

  async changeObject(
    bucket: string,
    place: Deletion,
    change: (object: ObjectRecord) => ObjectRecord,
  ): Promise<Refusal | ObjectRecord> {
    const known = this.#bucket(bucket)
    if (!known) return 'no-bucket'
    const present = find(known, place)
    if (!present || present.isDeleteMarker) return 'no-object'
    const object = change(present)
    await this.#change({ do: 'change', in: bucket, object })
    return object
  }

  async deleteObjects(
    bucket: string,
    deletions: readonly Deletion[],
    options: { readonly at: number; readonly markAbsent: boolean },
  ): Promise<Refusal | readonly Deleted[]> {
    const catalog = this.#parts.catalog()
    const known = catalog.buckets.get(bucket)
    if (!known) return 'no-bucket'
    const { changes, deleted } = deletionChanges(known, deletions, {
      ...options,
      newVersionId: () => catalog.newVersionId(),
    })
    const [first] = changes
    if (first === undefined) await this.#parts.log.settled()
    else await this.#change(changes.length === 1 ? first : { do: 'all', in: bucket, changes })
    return deleted
  }

  async listObjects(bucket: string, query: ObjectListQuery): Promise<ObjectListPage> {
    const objects = (await this.#read()).buckets.get(bucket)?.objects
    return objects ? listObjects(objects.current, query) : { entries: [], isTruncated: false }
  }

  async listVersions(bucket: string, query: VersionListQuery): Promise<VersionListPage> {
    const objects = (await this.#read()).buckets.get(bucket)?.objects
    return objects ? listVersions(objects, query) : { entries: [], isTruncated: false }
  }

  async createUpload(bucket: string, upload: UploadRecord): Promise<Refusal | undefined> {
    if (!this.#bucket(bucket)) return 'no-bucket'
    return this.#change({ do: 'upload', in: bucket, upload })
  }

  async upload(bucket: string, id: string): Promise<UploadRecord | undefined> {
    return (await this.#read()).buckets.get(bucket)?.uploads.get(id)?.record
  }

  async uploads(bucket: string): Promise<readonly UploadRecord[]> {
    const uploads = (await this.#read()).buckets.get(bucket)?.uploads
    return uploads ? [...uploads.values()].map(upload => upload.record) : []
  }

  async putPart(bucket: string, id: string, part: PartRecord): Promise<Refusal | undefined> {
    if (!this.#bucket(bucket)?.uploads.has(id)) return 'no-upload'
    return this.#change({ do: 'part', in: bucket, id, part })
  }

  async parts(bucket: string, id: string): Promise<readonly PartRecord[]> {
    const parts = (await this.#read()).buckets.get(bucket)?.uploads.get(id)?.parts
    return parts ? [...parts.values()].sort((a, b) => a.number - b.number) : []
  }

  async completeUpload(
    bucket: string,
    id: string,
    { object, parts, ifAbsent }: Parameters<ObjectStore['completeUpload']>[2],
  ): Promise<Refusal | ObjectRecord> {
    const known = this.#bucket(bucket)
    const upload = known?.uploads.get(id)
    if (!known || !upload) return 'no-upload'
    if (parts.some(part => upload.parts.get(part.number) !== part)) return 'changed'
    const isVersioned = known.record.versioning !== undefined
    if (ifAbsent && !isVersioned && known.objects.current.get(object.key)) return 'exists'
    const version = this.#asVersion(known, object)
    await this.#change({ do: 'complete', in: bucket, id, object: version })
    return version
  }

  async abortUpload(
    bucket: string,
    id: string,
    { keepUpload }: { readonly keepUpload: boolean },
  ): Promise<Refusal | undefined> {
    if (!this.#bucket(bucket)?.uploads.has(id)) return 'no-upload'
    return this.#change({ do: keepUpload ? 'drop-parts' : 'drop-upload', in: bucket, id })
  }

  async close(): Promise<void> {
    await this.#parts.log.close()
  }

  /** Returns the object with the version id that the bucket's versioning requires now. */
  #asVersion(
    { record }: Bucket,
    object: ObjectRecord,
    { isNullVersion = false }: Pick<PutOptions, 'isNullVersion'> = {},
  ): ObjectRecord {
    const { versionId: _, ...bare } = object
    if (record.versioning === undefined) return bare
    const isNull = isNullVersion || record.versioning === 'Suspended'
    return { ...bare, versionId: isNull ? nullVersion : this.#parts.catalog().newVersionId() }
  }

  #bucket(name: string) {
    return this.#parts.catalog().buckets.get(name)
  }

  async #read(): Promise<Catalog> {
    await this.#parts.log.settled()
    return this.#parts.catalog()
  }

  /**
   * Applies a change and waits for the log. Removes bytes only after the change that dropped them is durable: before,
   * a crash would bring back the record that needs them.
   */
  async #change(change: Change): Promise<undefined> {
    const catalog = this.#parts.catalog()
    catalog.apply(change)
    const unused = catalog.takeUnused()
    await this.#parts.log.append(change)
    void this.#collect(this.#holds.keepHeld(unused))
    return undefined
  }

  /** Removes bytes that no reader holds, unless a record refers to them again when the log is settled. */
  async #collect(blobs: readonly string[]): Promise<void> {
    if (blobs.length === 0) return
    await this.#parts.log.settled()
    const catalog = this.#parts.catalog()
    const unused = blobs.filter(blob => !catalog.isReferenced(blob) && !this.#holds.isHeld(blob))
    await this.#parts.blobs.remove(unused)
  }
}

function find(
  bucket: Bucket | undefined,
  { key, versionId }: { readonly key: string; readonly versionId?: string | undefined },
): ObjectRecord | undefined {
  return versionId === undefined
    ? bucket?.objects.current.get(key)
    : bucket?.objects.find(key, versionId)
}

/** Calls `close` once the reader has read everything, stopped, or never started. */
function closing(bytes: AsyncIterable<Uint8Array>, close: () => void): AsyncIterable<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]()
  const wrapped: AsyncIterableIterator<Uint8Array> = {
    async next() {
      try {
        const step = await iterator.next()
        if (step.done) close()
        return step
      } catch (error) {
        close()
        throw error
      }
    },
    async return() {
      try {
        await iterator.return?.()
      } finally {
        close()
      }
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => wrapped,
  }
  return wrapped
}
