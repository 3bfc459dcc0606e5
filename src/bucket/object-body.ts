// The bytes of an object as they arrive, and what most programs make of them.

import { IntegrityError, StateError } from '../errors.ts'
import { crc64 } from '../hash/crc64.ts'

/** What the body belongs to, for messages and for the comparison. */
export interface BodyFacts {
  readonly bucket: string
  readonly key: string
  /** CRC-64 of the body, in decimal; `undefined` where OSS has none, or for a range. */
  readonly crc64: string | undefined
}

/**
 * The body of a download: an async iterable of bytes that can be read once. Read it to its end, or leave it
 * early (`break`, or `cancel` of the stream): until then it holds a connection.
 *
 * @example
 * const { body } = await bucket.getObject({ key: 'config.json' })
 * const config = await body.json()
 */
export class ObjectBody implements AsyncIterable<Uint8Array> {
  readonly #body: AsyncIterable<Uint8Array>
  readonly #facts: BodyFacts
  #isUsed = false

  constructor(body: AsyncIterable<Uint8Array>, facts: BodyFacts) {
    this.#body = body
    this.#facts = facts
  }

  /** The bytes in pieces, as they arrive. Nothing compares them with OSS's CRC-64: `downloadObject` does. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#use()
    return this.#body[Symbol.asyncIterator]()
  }

  /**
   * All bytes. Those of a whole object are compared with the CRC-64 that OSS has of it.
   * @throws {IntegrityError} `CHECKSUM_MISMATCH`; {NetworkError} if the connection breaks
   */
  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let size = 0
    let crc = 0n
    for await (const piece of this) {
      // The buffer of a piece may be filled again once the next one is asked for.
      pieces.push(piece.slice())
      crc = crc64(piece, crc)
      size += piece.length
    }
    this.#compare(crc)
    const whole = new Uint8Array(size)
    let position = 0
    for (const piece of pieces) {
      whole.set(piece, position)
      position += piece.length
    }
    return whole
  }

  /** All bytes as a string of UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  /**
   * The object's JSON, parsed.
   * @typeParam T what the program expects; nothing checks it
   * @throws {StateError} `NOT_JSON`
   */
  async json<T = unknown>(): Promise<T> {
    const text = await this.text()
    try {
      return JSON.parse(text)
    } catch (cause) {
      const { bucket, key } = this.#facts
      throw new StateError('NOT_JSON', 'The object is not JSON', { bucket, key, cause })
    }
  }

  /** A web stream of the bytes. Cancel it, or read it to its end. */
  stream(): ReadableStream<Uint8Array> {
    const iterator = this[Symbol.asyncIterator]()
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value.slice())
      },
      async cancel() {
        await iterator.return?.()
      },
    })
  }

  #use(): void {
    const { bucket, key } = this.#facts
    if (this.#isUsed) {
      throw new StateError('BODY_USED', 'The body was read before', {
        bucket,
        key,
        hint: 'A body can be read once: keep what bytes() gave, or call getObject again',
      })
    }
    this.#isUsed = true
  }

  #compare(crc: bigint): void {
    const { bucket, key, crc64: expected } = this.#facts
    if (expected === undefined || expected === crc.toString()) return
    throw new IntegrityError(
      'CHECKSUM_MISMATCH',
      `The bytes that arrived have the CRC-64 ${crc}, the object has ${expected}`,
      { operation: 'GetObject', bucket, key, retryable: true, hint: 'Read the object again' },
    )
  }
}
