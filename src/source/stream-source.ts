// A source that can be read once, from start to end: a pipe, a network stream, a process's output.

import type { StreamSource } from '../ports.ts'
import { readBlock } from './block-reader.ts'
import { PieceReader, type Unread } from './pieces.ts'

/** A source of bytes in pieces, such as Node's readable streams and web streams. */
export type ByteStream = AsyncIterable<Uint8Array | string>

/** A stream in the form that this library reads. */
export interface Pieces {
  next(): Promise<IteratorResult<unknown, unknown>>
  /** Ends the stream, also while `next` waits. */
  close(): Promise<void>
}

/** Options for reading a stream. */
export interface StreamSourceOptions {
  /** The number of all bytes, if known. */
  readonly size?: number | undefined
  /** The name in messages. Its extension decides the Content-Type. @default 'stream' */
  readonly name?: string | undefined
  /** Turns strings back into the bytes from which they were decoded. Called at the first read. */
  readonly unread?: (() => Unread | undefined) | undefined
}

/** A stream as a source. To continue after a failure, give a stream that starts at the same byte. */
export function streamSource(pieces: Pieces, options: StreamSourceOptions = {}): StreamSource {
  const { size, name = 'stream', unread } = options
  let reader: PieceReader | undefined
  let rest: Uint8Array = new Uint8Array()
  let isAtEnd = false
  return {
    name,
    id: 'stream:',
    size,
    async read(into) {
      while (rest.length === 0) {
        if (isAtEnd) return 0
        reader ??= new PieceReader(unread?.())
        const { value, done } = await pieces.next()
        if (done === true) {
          reader.end()
          isAtEnd = true
        } else rest = reader.bytesOf(value)
      }
      const count = Math.min(into.length, rest.length)
      into.set(rest.subarray(0, count))
      rest = rest.subarray(count)
      return count
    },
    close: () => pieces.close(),
  }
}

/** Reads an asynchronous iterable chunk by chunk. */
export function iterablePieces(iterable: AsyncIterable<unknown>): Pieces {
  const iterator = iterable[Symbol.asyncIterator]()
  return {
    next: () => Promise.resolve(iterator.next()),
    async close() {
      await iterator.return?.()
    },
  }
}

/** A stream whose first bytes can be read without taking them from it. */
export interface PeekableStream extends StreamSource {
  /** Reads the first bytes of the stream; fewer only if the stream is shorter. May be called again until the stream is read. */
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
