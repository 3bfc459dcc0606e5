// The store's rules over a catalogue, a place for bytes and a log. A change is checked and applied in one
// step, without waiting in between, so no other request can come between; then it waits for the log. Reads
// wait for the log too: what has been seen is durable.

import type { Catalog, Change } from './catalog.ts'
import { listObjects } from './list-objects.ts'
import type { BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord } from './records.ts'
import type {
  BlobWriter,
  ObjectListPage,
  ObjectListQuery,
  ObjectStore,
  OpenObject,
  Refusal,
} from './store.ts'

/** Where bytes are kept. */
export interface Blobs {
  create(): BlobWriter
  read(segments: readonly Segment[], start: number, end: number): AsyncIterable<Uint8Array>
  /** Drops blobs that nothing refers to any more. Never rejects: what is left over is cleaned at the next start. */
  remove(blobs: readonly string[]): Promise<void>
}

/** Where changes are written down. */
export interface ChangeLog {
  /** Resolves when the change is durable. On a rejection the catalogue was read anew and lacks it. */
  append(change: Change): Promise<void>
  /** Resolves when everything appended so far is durable or given up. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface StoreParts {
  /** Asked for anew at every use: after a failed write it is another one. */
  readonly catalog: () => Catalog
  readonly blobs: Blobs
  readonly log: ChangeLog
}

export class CatalogStore implements ObjectStore {
  readonly #parts: StoreParts

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

  async deleteBucket(name: string): Promise<Refusal | undefined> {
    const bucket = this.#bucket(name)
    if (!bucket) return 'no-bucket'
    if (bucket.objects.size > 0 || bucket.uploads.size > 0) return 'not-empty'
    return this.#change({ do: 'drop-bucket', in: name })
  }

  createBlob(): BlobWriter {
    return this.#parts.blobs.create()
  }

  async object(bucket: string, key: string): Promise<ObjectRecord | undefined> {
    return (await this.#read()).buckets.get(bucket)?.objects.get(key)
  }

  async openObject(bucket: string, key: string): Promise<OpenObject | undefined> {
    const catalog = await this.#read()
    const record = catalog.buckets.get(bucket)?.objects.get(key)
    if (!record) return undefined
    catalog.hold(record.segments)
    let isOpen = true
    const close = () => {
      if (!isOpen) return
      isOpen = false
      catalog.letGo(record.segments)
      void this.#collect(catalog)
    }
    const read = (start: number, end: number) =>
      closing(this.#parts.blobs.read(record.segments, start, end), close)
    return { record, read, close }
  }

  async putObject(
    bucket: string,
    object: ObjectRecord,
    options: { readonly ifAbsent: boolean; readonly ifStill?: ObjectRecord | undefined },
  ): Promise<Refusal | undefined> {
    const known = this.#bucket(bucket)
    if (!known) return 'no-bucket'
    const present = known.objects.get(object.key)
    if (options.ifAbsent && present) return 'exists'
    if ('ifStill' in options && !isSame(present, options.ifStill)) return 'changed'
    return this.#change({ do: 'object', in: bucket, object })
  }

  async deleteObjects(bucket: string, keys: readonly string[]): Promise<Refusal | undefined> {
    const known = this.#bucket(bucket)
    if (!known) return 'no-bucket'
    const present = keys.filter(key => known.objects.get(key))
    if (present.length === 0) {
      await this.#parts.log.settled()
      return undefined
    }
    return this.#change({ do: 'drop-objects', in: bucket, keys: present })
  }

  async listObjects(bucket: string, query: ObjectListQuery): Promise<ObjectListPage> {
    const objects = (await this.#read()).buckets.get(bucket)?.objects
    return objects ? listObjects(objects, query) : { entries: [], isTruncated: false }
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
  ): Promise<Refusal | undefined> {
    const known = this.#bucket(bucket)
    const upload = known?.uploads.get(id)
    if (!known || !upload) return 'no-upload'
    if (parts.some(part => upload.parts.get(part.number) !== part)) return 'changed'
    if (ifAbsent && known.objects.get(object.key)) return 'exists'
    return this.#change({ do: 'complete', in: bucket, id, object })
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

  #bucket(name: string) {
    return this.#parts.catalog().buckets.get(name)
  }

  async #read(): Promise<Catalog> {
    await this.#parts.log.settled()
    return this.#parts.catalog()
  }

  /**
   * Applies and waits for the log. Bytes go only after the very change that dropped them is durable: until
   * then a crash would bring back the record that needs them.
   */
  async #change(change: Change): Promise<undefined> {
    const catalog = this.#parts.catalog()
    catalog.apply(change)
    const unused = catalog.takeUnused()
    await this.#parts.log.append(change)
    if (unused.length > 0) void this.#parts.blobs.remove(unused)
    return undefined
  }

  /** Drops what a reader was the last to need. */
  async #collect(catalog: Catalog): Promise<void> {
    const unused = catalog.takeUnused()
    if (unused.length === 0) return
    await this.#parts.log.settled()
    await this.#parts.blobs.remove(unused)
  }
}

function isSame(present: ObjectRecord | undefined, still: ObjectRecord | undefined): boolean {
  return (
    present?.etag === still?.etag &&
    present?.size === still?.size &&
    present?.modifiedAt === still?.modifiedAt
  )
}

/** Calls `close` once the reader is done, whether it read to the end, stopped, or never began. */
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
