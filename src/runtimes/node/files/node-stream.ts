// Streams of Node.js and of the readable-stream packages, versions 2 to 4. Streams are recognised by their members,
// not by their class, because every package and every realm has its own classes.

import { Readable } from 'node:stream'
import { OptionError } from '../../../errors.ts'
import { has } from '../../../foreign/web.ts'
import type { Unread } from '../../../source/pieces.ts'
import { iterablePieces, type Pieces } from '../../../source/stream-source.ts'
import { oldStreamPieces } from './old-stream.ts'

/** The members of a stream that are used here. Old streams lack most of them. */
export interface NodeStream {
  on(event: string, listener: (given?: unknown) => void): unknown
  off?(event: string, listener: (given?: unknown) => void): unknown
  pause?(): unknown
  resume?(): unknown
  destroy?(error?: Error): unknown
  readonly destroyed?: boolean
  /** True if bytes were read or discarded. Only Node.js and version 4 have this property. */
  readonly readableDidRead?: boolean
  readonly readableEnded?: boolean
  readonly readableEncoding?: string | null
  readonly readableFlowing?: boolean | null
  readonly _readableState?: { endEmitted?: boolean; encoding?: string | null; flowing?: unknown }
}

export function isNodeStream(value: unknown): value is NodeStream {
  if (!has(value, { on: 'function', pipe: 'function' })) return false
  // Writable streams have `pipe` as well, so a second member decides.
  return has(value, { read: 'function' }) || has(value, { readable: 'boolean' })
}

/** A stream from the moment that the caller passes it in. */
export class HeldStream {
  readonly #stream: NodeStream
  #failure: { readonly error: unknown } | undefined
  #pieces: Pieces | undefined

  constructor(stream: NodeStream) {
    this.#stream = stream
    // A stream that fails before it is read would end the process, because it has no error listener yet.
    stream.on('error', error => {
      this.#failure ??= { error }
    })
  }

  async next(): Promise<IteratorResult<unknown, unknown>> {
    this.#throwIfFailed()
    if (this.#pieces === undefined) {
      // Since the call, other code may have read from the stream.
      refuseUsed(this.#stream)
      this.#pieces = piecesOf(this.#stream)
    }
    const result = await this.#pieces.next()
    this.#throwIfFailed()
    return result
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /**
   * The stream itself is closed, because an iterator would first wait for its next chunk, which may never
   * come.
   */
  async close(): Promise<void> {
    this.#stream.destroy?.()
  }
}

/** True for streams that record how they ended, so that this can be asked at any time. */
function isModern(stream: NodeStream): boolean {
  return typeof stream.readableDidRead === 'boolean' && Symbol.asyncIterator in stream
}

function piecesOf(stream: NodeStream): Pieces {
  if (!isModern(stream)) return oldStreamPieces(stream)
  return iterablePieces(stream as NodeStream & AsyncIterable<unknown>)
}

/** @throws {OptionError} `INVALID_SOURCE` if bytes were read from it before */
export function refuseUsed(stream: NodeStream): void {
  const state = stream._readableState
  const wasRead =
    stream.readableDidRead ??
    // Older streams do not record reads. A flowing stream is being read by other code.
    (stream.readableFlowing ?? state?.flowing) === true
  if (wasRead || stream.readableEnded === true || state?.endEmitted === true) throw usedStream()
}

/** @throws {OptionError} `INVALID_SOURCE` if it is locked, or if bytes were read from it before */
export function refuseUsedWeb(stream: ReadableStream<unknown>): void {
  if (stream.locked) {
    throw new OptionError('INVALID_SOURCE', 'The stream is locked by another reader', {
      hint: 'A stream gives its bytes once: make a new one for each upload',
    })
  }
  if (wasDisturbed(stream)) throw usedStream()
}

function wasDisturbed(stream: unknown): boolean {
  return Readable.isDisturbed(stream as Parameters<typeof Readable.isDisturbed>[0])
}

function usedStream(): OptionError {
  return new OptionError('INVALID_SOURCE', 'The stream was read before, so its bytes are lost', {
    hint: 'Something else, such as a body parser, has read it: hand the stream over before that, or hand over what was read',
  })
}

/** A function that encodes the strings of a stream with an encoding (`setEncoding`) as the original bytes. */
export function unreadOf(stream: NodeStream): Unread | undefined {
  const encoding = stream.readableEncoding ?? stream._readableState?.encoding
  switch (encoding?.toLowerCase()) {
    case undefined:
      return undefined
    case 'utf8':
    case 'utf-8':
      return fromUtf8
    case 'latin1':
    case 'binary':
      return text => Buffer.from(text, 'latin1')
    case 'hex':
    case 'base64':
    case 'base64url':
      return text => Buffer.from(text, encoding as BufferEncoding)
    default:
      // ASCII drops one bit of each byte, UTF-16 drops an odd last byte.
      throw lossy(`The stream decodes its bytes as ${encoding}, which loses some of them`)
  }
}

/** Node's decoder never splits a character, and replaces invalid UTF-8 with U+FFFD. */
function fromUtf8(text: string): Uint8Array {
  if (text.includes('\ufffd')) {
    throw lossy('The stream decodes its bytes as UTF-8, and some of them are not UTF-8')
  }
  return Buffer.from(text, 'utf8')
}

function lossy(what: string): OptionError {
  return new OptionError('INVALID_SOURCE', what, {
    hint: 'Leave out setEncoding: the bytes themselves are stored',
  })
}
