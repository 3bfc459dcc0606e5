// Connections for single requests of many uploads: as many at a time as the line allows, beside uploads in parts.
// The request that has waited longest gets the next connection.

import { AbortWatch } from '../async/abort-watch.ts'
import type { Crew, Line } from './line.ts'

/** Releases the connection. */
export type Free = () => void

export class Slots {
  readonly #crew: Crew
  readonly #aborts = new AbortWatch()
  readonly #waiting = new Set<(free: Free) => void>()

  constructor(line: Line) {
    this.#crew = line.enter(() => this.#hand(), true)
    this.#crew.noWork()
  }

  /** Waits for a connection; rejects with the signal's reason. */
  acquire(signal: AbortSignal): Promise<Free> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const giveUp = () => {
        this.#waiting.delete(take)
        reject(signal.reason)
      }
      let leave: (() => void) | undefined
      let isTaken = false
      const take = (free: Free) => {
        isTaken = true
        leave?.()
        resolve(free)
      }
      this.#waiting.add(take)
      this.#crew.moreWork()
      // Usually a connection is free at once, and no listener is needed.
      if (!isTaken) leave = this.#aborts.watch(signal, giveUp)
    })
  }

  /** Called when no more requests will come. */
  leave(): void {
    this.#crew.leave()
  }

  /** Gives a connection to the next request. */
  #hand(): void {
    const [next] = this.#waiting
    if (next !== undefined) this.#waiting.delete(next)
    if (this.#waiting.size === 0) this.#crew.noWork()
    if (next === undefined) this.#crew.ended()
    else next(() => this.#freed())
  }

  #freed(): void {
    if (this.#waiting.size > 0 && !this.#crew.isOverstaffed) this.#hand()
    else this.#crew.ended()
  }
}
