// The body of an answer: received chunks that wait for the reader.

const resumeBelow = 256 * 1024

export interface AnswerBodyHooks {
  /** Called when too many bytes wait. The connection should stop reading. */
  pause(): void
  resume(): void
  /** Called when the reader stopped before the end. */
  abandon(): void
}

export class AnswerBody implements AsyncIterableIterator<Uint8Array> {
  readonly #hooks: AnswerBodyHooks
  readonly #chunks: Uint8Array[] = []
  #waiting = 0
  #isComplete = false
  #failure: { error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(hooks: AnswerBodyHooks) {
    this.#hooks = hooks
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#waiting += chunk.length
    if (this.#waiting >= resumeBelow) this.#hooks.pause()
    this.#wake?.()
  }

  complete(): void {
    this.#isComplete = true
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) {
        this.#waiting -= chunk.length
        if (!this.#isComplete && this.#waiting < resumeBelow) this.#hooks.resume()
        return { done: false, value: chunk }
      }
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#isComplete) return { done: true, value: undefined }
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#isComplete) this.#hooks.abandon()
    this.#isComplete = true
    this.#chunks.length = 0
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
