// Reads a web stream through a reader. Not every browser can iterate a stream, and an iterator that waits for a
// producer cannot be ended.

import type { Pieces } from './stream-source.ts'

/** Reads a web stream. Locks it. */
export function webStreamPieces(stream: ReadableStream<unknown>): Pieces {
  const reader = stream.getReader()
  return {
    async next() {
      const { done, value } = await reader.read()
      return done ? { done: true, value: undefined } : { done: false, value }
    },
    async close() {
      await reader.cancel()
    },
  }
}
