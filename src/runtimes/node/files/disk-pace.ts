// Whether a disk has to be waited for. What is in memory is read in some ten microseconds, so one call
// that took much longer tells that the next ones will, too; after some of these it is tried again. A disk
// that is slow, or cold, holds everything else up for one call in fifty.

import type { Clock } from '../../../ports.ts'

/** Above what memory takes, below what most disks do; a call costs the thread pool about as much. */
const quickMs = 0.25
const restAfterSlow = 50

export class DiskPace {
  readonly #clock: Pick<Clock, 'monotonic'>
  /** Calls that are still to be made in another manner. */
  #rest = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Whether the next call may be made at once; to be asked once for each. */
  isQuick(): boolean {
    if (this.#rest === 0) return true
    this.#rest--
    return false
  }

  /** Makes a call and learns from how long it took. */
  timed<T>(call: () => T): T {
    const startedAt = this.#clock.monotonic()
    try {
      return call()
    } finally {
      if (this.#clock.monotonic() - startedAt > quickMs) this.#rest = restAfterSlow
    }
  }
}
