// A source that can be read once, from start to end: a pipe, a network stream, a process's output.

import type { StreamSource } from '../ports.ts'

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

/** The stream with bytes that were already taken from it put back before it. */
export function prepend(bytes: Uint8Array, stream: StreamSource): StreamSource {
  let rest = bytes
  return {
    ...stream,
    read(into) {
      if (rest.length === 0) return stream.read(into)
      const count = Math.min(into.length, rest.length)
      into.set(rest.subarray(0, count))
      rest = rest.subarray(count)
      return Promise.resolve(count)
    },
  }
}
