// Turns the chunks of a stream into bytes. Streams of other code may emit numbers, objects or strings. Each chunk
// becomes its bytes or an error. An object with only a length is never read as bytes.

import { OptionError } from '../errors.ts'
import { bytesOf, isDetached } from '../foreign/bytes.ts'
import { shown } from '../text/shown.ts'

/** Turns the strings of a stream that decodes (`setEncoding`) back into its bytes. */
export type Unread = (text: string) => Uint8Array

export class PieceReader {
  readonly #unread: Unread | undefined
  /** The first half of a character; the next string has the other half. */
  #half = ''

  /** @param unread turns strings back into bytes; without it, strings are encoded as UTF-8 */
  constructor(unread?: Unread) {
    this.#unread = unread
  }

  /** @throws {OptionError} `INVALID_SOURCE` for a piece that is not bytes */
  bytesOf(piece: unknown): Uint8Array {
    if (typeof piece === 'string') return this.#ofText(piece)
    const bytes = bytesOf(piece)
    if (bytes === undefined) throw notBytes(`The stream gave ${kindOf(piece)}`)
    this.end()
    return bytes
  }

  /** Called at the end of the stream. @throws {OptionError} `INVALID_SOURCE` if half a character is left. */
  end(): void {
    if (this.#half !== '') throw halfPair()
  }

  #ofText(piece: string): Uint8Array {
    if (this.#unread !== undefined) return this.#unread(piece)
    const text = this.#half + piece
    const isCut = /[\ud800-\udbff]$/.test(text)
    this.#half = isCut ? text.slice(-1) : ''
    const whole = isCut ? text.slice(0, -1) : text
    // In `u` mode this matches only unpaired surrogates. An encoder would store another character for one.
    if (/\p{Surrogate}/u.test(whole)) throw halfPair()
    return new TextEncoder().encode(whole)
  }
}

function kindOf(piece: unknown): string {
  if (isDetached(piece)) return shown(piece)
  const kind = typeof piece === 'object' ? shown(piece) : `a ${typeof piece}`
  return `${kind}, which is not bytes`
}

function halfPair(): OptionError {
  return notBytes('The stream gave a string with half of a surrogate pair, which UTF-8 cannot hold')
}

function notBytes(what: string): OptionError {
  return new OptionError('INVALID_SOURCE', what, {
    hint: 'Allowed: Uint8Array (Buffer) and other views of memory, ArrayBuffer, strings',
  })
}
