// A source that can be read once, from start to end: a pipe, a network stream, a process's output.

import type { StreamSource } from '../ports.ts'
import { readBlock } from './block-reader.ts'

/** Anything that gives bytes piece by piece: Node's readable streams and web streams do. */
export type ByteStream = AsyncIterable<Uint8Array | string>

/**
 * A stream as a source. Offered again after a failure it must begin at the same byte.
 * @param size bytes in all, where known
 * @param name for messages and, through its extension, for Content-Type
 */
export function streamSource(stream: ByteStream, size?: number, name = 'stream'): StreamSource {
  const pieces = stream[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array()
  return {
    name,
    id: 'stream:',
    size,
    async read(into) {
      while (rest.length === 0) {
        const { value, done } = await pieces.next()
        if (done) return 0
        rest = typeof value === 'string' ? new TextEncoder().encode(value) : value
      }
      const count = Math.min(into.length, rest.length)
      into.set(rest.subarray(0, count))
      rest = rest.subarray(count)
      return count
    },
    async close() {
      await pieces.return?.()
    },
  }
}

/** A stream whose first bytes can be looked at. */
export interface PeekableStream extends StreamSource {
  /** Its first bytes; fewer only if it has no more. Until it is read, they may be asked for again. */
  peek(size: number, signal: AbortSignal): Promise<Uint8Array>
}

export function peekable(stream: StreamSource): PeekableStream {
  let held: Uint8Array = new Uint8Array()
  return {
    ...stream,
    async peek(size, signal) {
      if (size > held.length) {
        const more = new Uint8Array(size)
        more.set(held)
        const filled = await readBlock(stream, more.subarray(held.length), signal)
        held = more.subarray(0, held.length + filled)
      }
      return held.subarray(0, size)
    },
    read(into) {
      if (held.length === 0) return stream.read(into)
      const count = Math.min(into.length, held.length)
      into.set(held.subarray(0, count))
      held = held.subarray(count)
      return Promise.resolve(count)
    },
  }
}
