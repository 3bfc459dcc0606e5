// The bytes of an object as they arrive, and ways to read them: as bytes, text, JSON or a stream.

import { IntegrityError, StateError } from '../errors.ts'
import { crc64 } from '../hash/crc64.ts'

/** The object that the body belongs to, for messages and for the CRC-64 comparison. */
export interface BodyFacts {
  readonly bucket: string
  readonly key: string
  /** CRC-64 of the body, in decimal. `undefined` for a range, or if OSS has no CRC-64. */
  readonly crc64: string | undefined
}

/**
 * The body of a download: an async iterable of bytes that can be read once. The body holds a connection until you
 * read it to its end, leave the loop with `break`, or `cancel` the stream.
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

  /**
   * Returns the bytes in pieces, as they arrive. The bytes are not compared with OSS's CRC-64. `downloadObject`
   * compares them.
   */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#use()
    return this.#body[Symbol.asyncIterator]()
  }

  /**
   * Reads all bytes. If they are a whole object, compares them with OSS's CRC-64.
   * @throws {IntegrityError} `CHECKSUM_MISMATCH`; {NetworkError} if the connection breaks
   */
  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let size = 0
    let crc = 0n
    for await (const piece of this) {
      // The transport may reuse the buffer for the next piece, so this copies the bytes.
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

  /** Reads all bytes as a UTF-8 string, without a byte order mark. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  /**
   * Reads the object and parses it as JSON.
   * @typeParam T the type that the program expects. It is not checked.
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

  /** Returns a web stream of the bytes. Read it to its end or cancel it. */
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
