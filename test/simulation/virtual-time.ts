// Time that passes only when nothing can happen any more. All that runs between two timers are promise
// reactions; once they are through, the driver jumps to the next timer. No real timer is ever waited for.

interface Timer {
  readonly at: number
  readonly order: number
  readonly ring: () => void
}

/** How a drive came to its end. */
export type DriveEnd = 'over' | 'deadlock' | 'endless'

export class VirtualTime {
  /** Milliseconds since the story began; whole ones, as clocks count them. */
  now = 0
  #order = 0
  /** Soonest last. */
  readonly #timers: Timer[] = []

  /** Calls `ring` after `ms`; timers of one moment ring in the order they were set. */
  after(ms: number, ring: () => void): () => void {
    const timer = { at: this.now + Math.max(0, Math.ceil(ms)), order: this.#order++, ring }
    const timers = this.#timers
    let low = 0
    let high = timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = timers[middle]
      if (other !== undefined && other.at > timer.at) low = middle + 1
      else high = middle
    }
    timers.splice(low, 0, timer)
    return () => {
      const index = timers.indexOf(timer)
      if (index >= 0) timers.splice(index, 1)
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const onAbort = () => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /**
   * Lets time pass until `isOver`.
   * @returns `deadlock` if no code waits for time any more and it is not over, `endless` after too many steps
   */
  async drive(isOver: () => boolean, stepsMax: number): Promise<DriveEnd> {
    for (let step = 0; step < stepsMax; step++) {
      await turn()
      if (isOver()) return 'over'
      const timer = this.#timers.pop()
      if (timer === undefined) {
        // One more turn, in case something took an event-loop turn of its own.
        await turn()
        if (isOver()) return 'over'
        if (this.#timers.length === 0) return 'deadlock'
        continue
      }
      this.now = timer.at
      timer.ring()
    }
    return 'endless'
  }
}

/** Resolves when every promise reaction that can run has run: the microtask queue comes first. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
