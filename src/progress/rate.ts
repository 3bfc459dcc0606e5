// Bytes a second: what moved lately weighs most, and nothing drops out at once, so the figure does not
// jump. Pure but for its own sums: `now` is given.

/** What is older than this weighs a third or less. */
const memoryMs = 5000
/** Less says nothing about a speed. */
const leastMs = 1000

export class Rate {
  readonly #memoryMs: number
  readonly #settleMs: number
  #begunAt: number | undefined
  #at = 0
  #total = 0
  /** Bytes, and the milliseconds in which they moved, each fading with the time since. */
  #bytes = 0
  #ms = 0

  /** @param settle what moves in the first milliseconds does not count: buffers fill at once */
  constructor(memory = memoryMs, settle = 0) {
    this.#memoryMs = memory
    this.#settleMs = settle
  }

  /** Notes that `total` bytes moved in all by `now`, milliseconds. Some may have been given up since. */
  add(now: number, total: number): void {
    if (this.#begunAt === undefined) {
      this.#begunAt = now
      this.#at = now
      this.#total = total
    }
    const passed = now - this.#at
    // Several at one moment are told with the next.
    if (passed <= 0) return
    if (now - this.#begunAt <= this.#settleMs) {
      this.#at = now
      this.#total = total
      return
    }
    const fading = Math.exp(-passed / this.#memoryMs)
    // A steady flow over `passed`, weighed moment by moment.
    const weight = this.#memoryMs * (1 - fading)
    this.#bytes = this.#bytes * fading + ((total - this.#total) / passed) * weight
    this.#ms = this.#ms * fading + weight
    this.#at = now
    this.#total = total
  }

  /** Bytes a second; `undefined` until there is a second to judge by. Falls while nothing is added. */
  perSecond(now: number): number | undefined {
    if (this.#begunAt === undefined || this.#ms === 0) return undefined
    if (now - this.#begunAt < this.#settleMs + leastMs) return undefined
    const fading = Math.exp(-(now - this.#at) / this.#memoryMs)
    const ms = this.#ms * fading + this.#memoryMs * (1 - fading)
    return Math.max(0, (this.#bytes * fading * 1000) / ms)
  }
}
