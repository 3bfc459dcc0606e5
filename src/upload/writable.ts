// An upload that a program writes into: a web WritableStream whose bytes one resumable upload takes. Bytes are
// handed over one chunk at a time, so a writer is never further ahead than the upload has room for.

import { OptionError } from '../errors.ts'
import { bytesOf } from '../foreign/bytes.ts'
import { shown } from '../text/shown.ts'
import { isWellFormed } from '../validation/rules.ts'

/** What can be written: a string goes as UTF-8, a view of any element type as its bytes. */
export type Chunk = string | ArrayBufferView | ArrayBufferLike

/** A stream to write into, and the upload of the bytes written. */
export interface UploadWritable<Result> {
  /**
   * Closing it waits until the object is stored. Aborting it, or an error of the upload, ends both. A stream
   * that is never closed stores nothing.
   */
  readonly writable: WritableStream<Chunk>
  /** What the upload resolves to, or rejects with. */
  readonly result: Promise<Result>
}

/**
 * @param upload starts the upload of the bytes that it is given
 */
export function writableFor<Result>(
  upload: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>,
): UploadWritable<Result> {
  const hand = new Handover()
  const result = upload(hand)
  // The next write and `result` both report its failure.
  result.catch(error => hand.fail(error))
  const ended = result.then(() => {})
  ended.catch(() => {})
  return {
    result,
    writable: new WritableStream<Chunk>(
      {
        async write(chunk) {
          try {
            await hand.give(readChunk(chunk))
          } catch (error) {
            // A stream whose write fails is not closed any more: the upload ends with it.
            hand.fail(error)
            throw error
          }
        },
        async close() {
          hand.end()
          await ended
        },
        async abort(reason) {
          hand.fail(reason)
          await ended.catch(() => {})
        },
      },
      { highWaterMark: 0 },
    ),
  }
}

function readChunk(chunk: unknown): Uint8Array {
  const bytes =
    typeof chunk === 'string' && isWellFormed(chunk)
      ? new TextEncoder().encode(chunk)
      : bytesOf(chunk)
  if (bytes !== undefined) return bytes
  const what = typeof chunk === 'string' ? 'a string with half of a surrogate pair' : shown(chunk)
  throw new OptionError('INVALID_CHUNK', `The chunk is ${what}`, {
    hint: 'Allowed: strings of valid Unicode and bytes',
  })
}

/** Passes chunks from a writer to a reader, one at a time. */
class Handover implements AsyncIterable<Uint8Array> {
  #chunk: Uint8Array | undefined
  #isEnded = false
  #failure: { readonly error: unknown } | undefined
  #wake = () => {}
  #taken = () => {}

  /** Resolves when the reader has used the chunk: then the writer may fill its buffer again. */
  async give(chunk: Uint8Array): Promise<void> {
    this.#throwIfFailed()
    if (chunk.length === 0) return
    const used = new Promise<void>(resolve => {
      this.#taken = resolve
    })
    this.#chunk = chunk
    this.#wake()
    await used
    this.#throwIfFailed()
  }

  end(): void {
    this.#isEnded = true
    this.#wake()
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake()
    this.#taken()
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        this.#throwIfFailed()
        const chunk = this.#chunk
        if (chunk !== undefined) {
          yield chunk
          this.#chunk = undefined
          this.#taken()
          continue
        }
        if (this.#isEnded) return
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
    } finally {
      // The upload wants no more: a writer must not wait for it.
      this.#chunk = undefined
      this.#taken()
    }
  }
}
