// Connections for single requests of many uploads: as many at a time as allowed, beside uploads in parts.
// The request that has waited longest gets the next connection.

import { AbortWatch } from '../async/abort-watch.ts'
import type { Connections, Workers } from './connections.ts'

/** Releases the connection. */
export type Free = () => void

export class SingleRequests {
  readonly #workers: Workers
  readonly #aborts = new AbortWatch()
  readonly #waiting = new Set<(free: Free) => void>()

  constructor(connections: Connections) {
    this.#workers = connections.enter(() => this.#hand(), true)
    this.#workers.noWork()
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
      this.#workers.moreWork()
      // Usually a connection is free at once, and no listener is needed.
      if (!isTaken) leave = this.#aborts.watch(signal, giveUp)
    })
  }

  /** Called when no more requests will come. */
  leave(): void {
    this.#workers.leave()
  }

  /** Gives a connection to the next request. */
  #hand(): void {
    const [next] = this.#waiting
    if (next !== undefined) this.#waiting.delete(next)
    if (this.#waiting.size === 0) this.#workers.noWork()
    if (next === undefined) this.#workers.ended()
    else next(() => this.#freed())
  }

  #freed(): void {
    if (this.#waiting.size > 0 && !this.#workers.isOverLimit) this.#hand()
    else this.#workers.ended()
  }
}
