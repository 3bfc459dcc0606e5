// Tracks the operations in progress for each upload id. Parts, Complete and Abort may run at the same time. A part
// that arrives during Complete waits for its outcome or is refused, as the switch in unconfirmed.ts says.

import { OssFault } from '../http/errors.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'

export class UploadActivity {
  readonly #parts = new Map<string, number>()
  readonly #completing = new Map<string, Promise<unknown>>()

  /** Returns the number of parts in flight. */
  partsUnderWay(id: string): number {
    return this.#parts.get(id) ?? 0
  }

  async duringPart<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    this.#parts.set(id, this.partsUnderWay(id) + 1)
    try {
      return await work()
    } finally {
      const left = this.partsUnderWay(id) - 1
      if (left > 0) this.#parts.set(id, left)
      else this.#parts.delete(id)
    }
  }

  async duringComplete<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const running = work()
    this.#completing.set(id, running)
    try {
      return await running
    } finally {
      if (this.#completing.get(id) === running) this.#completing.delete(id)
    }
  }

  /** Waits until no Complete is running, or refuses while one is running. */
  async awaitComplete(id: string, { whileCompleting }: Unconfirmed): Promise<void> {
    for (let running = this.#completing.get(id); running; running = this.#completing.get(id)) {
      if (whileCompleting === 'NoSuchUpload') throw noSuchUpload(id)
      if (whileCompleting === 'ServiceUnavailable') throw new OssFault('ServiceUnavailable')
      await running.catch(() => {})
    }
  }
}

export function noSuchUpload(id: string, ec?: string): OssFault {
  return new OssFault('NoSuchUpload', {
    extra: { UploadId: id },
    ...(ec === undefined ? {} : { ec }),
  })
}
