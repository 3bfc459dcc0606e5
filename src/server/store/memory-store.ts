// Objects in memory, for tests and simulations: without I/O and timers.

import { Catalog } from './catalog.ts'
import { type Blobs, CatalogStore } from './catalog-store.ts'
import { cutSegments } from './segments.ts'
import type { ObjectStore } from './store.ts'

export function createMemoryStore(): ObjectStore {
  const catalog = new Catalog()
  return new CatalogStore({
    catalog: () => catalog,
    blobs: memoryBlobs(),
    log: { append: async () => {}, settled: async () => {}, close: async () => {} },
  })
}

function memoryBlobs(): Blobs {
  const blobs = new Map<string, readonly Uint8Array[]>()
  let count = 0
  return {
    create() {
      const blob = String(++count)
      const chunks: Uint8Array[] = []
      let size = 0
      return {
        async write(chunk) {
          chunks.push(chunk)
          size += chunk.length
        },
        async finish() {
          if (size === 0) return []
          blobs.set(blob, chunks)
          return [{ blob, offset: 0, size }]
        },
        async discard() {
          blobs.delete(blob)
        },
      }
    },
    async *read(segments, start, end) {
      for (const { blob, offset, size } of cutSegments(segments, start, end)) {
        yield* cutChunks(blobs.get(blob) ?? [], offset, offset + size)
      }
    },
    async remove(names) {
      for (const name of names) blobs.delete(name)
    },
  }
}

function* cutChunks(
  chunks: readonly Uint8Array[],
  start: number,
  end: number,
): Generator<Uint8Array, void> {
  let position = 0
  for (const chunk of chunks) {
    const from = Math.max(start - position, 0)
    const to = Math.min(end - position, chunk.length)
    if (from < to) yield chunk.subarray(from, to)
    position += chunk.length
    if (position >= end) return
  }
}
