// The server's own store, watched: it knows what OSS really holds, independently of the client.

import type {
  ObjectRecord,
  PartRecord,
  Segment,
  UploadRecord,
} from '../../src/server/store/records.ts'
import { type BlobWriter, isRefusal, type ObjectStore } from '../../src/server/store/store.ts'

export type StoreEvent =
  | { readonly kind: 'initiated'; readonly upload: UploadRecord }
  | { readonly kind: 'part'; readonly id: string; readonly part: PartRecord }
  | { readonly kind: 'aborted'; readonly id: string; readonly isKept: boolean }
  | {
      readonly kind: 'stored'
      /** Of an upload in parts; a PutObject has none. */
      readonly id: string | undefined
      readonly object: ObjectRecord
      readonly bytes: Uint8Array
      readonly replaced: ObjectRecord | undefined
    }

/** The same store; `onEvent` is called for each change when it happens. */
export function observeStore(
  store: ObjectStore,
  onEvent: (event: StoreEvent) => void,
): ObjectStore {
  const blobs = new Map<string, Uint8Array>()
  const bytesOf = (segments: readonly Segment[]) =>
    concat(
      segments.map(({ blob, offset, size }) =>
        (blobs.get(blob) ?? new Uint8Array(size)).subarray(offset, offset + size),
      ),
    )
  return {
    buckets: () => store.buckets(),
    bucket: name => store.bucket(name),
    putBucket: bucket => store.putBucket(bucket),
    changeBucket: (name, change) => store.changeBucket(name, change),
    deleteBucket: name => store.deleteBucket(name),
    createBlob: () => observeBlob(store.createBlob(), blobs),
    object: (bucket, key, versionId) => store.object(bucket, key, versionId),
    latest: (bucket, key) => store.latest(bucket, key),
    openObject: (bucket, key, versionId) => store.openObject(bucket, key, versionId),
    async putObject(bucket, object, options) {
      const replaced = await store.object(bucket, object.key)
      const stored = await store.putObject(bucket, object, options)
      if (!isRefusal(stored)) {
        const bytes = bytesOf(stored.segments)
        onEvent({ kind: 'stored', id: undefined, object: stored, bytes, replaced })
      }
      return stored
    },
    changeObject: (bucket, place, change) => store.changeObject(bucket, place, change),
    deleteObjects: (bucket, deletions, options) => store.deleteObjects(bucket, deletions, options),
    listObjects: (bucket, query) => store.listObjects(bucket, query),
    listVersions: (bucket, query) => store.listVersions(bucket, query),
    async createUpload(bucket, upload) {
      const refusal = await store.createUpload(bucket, upload)
      if (refusal === undefined) onEvent({ kind: 'initiated', upload })
      return refusal
    },
    upload: (bucket, id) => store.upload(bucket, id),
    uploads: bucket => store.uploads(bucket),
    async putPart(bucket, id, part) {
      const refusal = await store.putPart(bucket, id, part)
      if (refusal === undefined) onEvent({ kind: 'part', id, part })
      return refusal
    },
    parts: (bucket, id) => store.parts(bucket, id),
    async completeUpload(bucket, id, completion) {
      const { object } = completion
      const replaced = await store.object(bucket, object.key)
      const stored = await store.completeUpload(bucket, id, completion)
      if (!isRefusal(stored)) {
        const bytes = bytesOf(stored.segments)
        onEvent({ kind: 'stored', id, object: stored, bytes, replaced })
      }
      return stored
    },
    async abortUpload(bucket, id, options) {
      const refusal = await store.abortUpload(bucket, id, options)
      if (refusal === undefined) onEvent({ kind: 'aborted', id, isKept: options.keepUpload })
      return refusal
    },
    close: () => store.close(),
  }
}

function observeBlob(writer: BlobWriter, blobs: Map<string, Uint8Array>): BlobWriter {
  const chunks: Uint8Array[] = []
  return {
    write(chunk) {
      chunks.push(chunk)
      return writer.write(chunk)
    },
    async finish() {
      const segments = await writer.finish()
      const [first] = segments
      if (first !== undefined) blobs.set(first.blob, concat(chunks))
      return segments
    },
    discard: () => writer.discard(),
  }
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let position = 0
  for (const chunk of chunks) {
    whole.set(chunk, position)
    position += chunk.length
  }
  return whole
}
