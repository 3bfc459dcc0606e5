// The way of a request's body to the server: pushed at one end, iterated at the other, and broken when
// the sender goes away.

import { BrokenBody } from '../../src/server/http/http.ts'

export class Pipe implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = []
  #state: 'open' | 'ended' | 'broken' = 'open'
  #wake: (() => void) | undefined

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#wake?.()
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.#wake?.()
  }

  break(): void {
    if (this.#state === 'open') this.#state = 'broken'
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) yield chunk
      else if (this.#state === 'ended') return
      else if (this.#state === 'broken') throw new BrokenBody('aborted')
      else {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    }
  }
}

/** A body whose bytes are all available. */
export async function* wholeBody(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) yield chunk.slice()
}
