// Bytes a second, as a moving average: recent bytes count most and old ones fade, so the value does not jump.
// The caller passes the time.

/** Bytes older than this count a third or less. */
const memoryMs = 5000
/** A rate over a shorter time is not useful. */
const leastMs = 1000

export class Rate {
  readonly #memoryMs: number
  readonly #settleMs: number
  #begunAt: number | undefined
  #at = 0
  #total = 0
  /** Bytes, and the milliseconds in which they moved. Older values of both count less. */
  #bytes = 0
  #ms = 0

  /** @param settle milliseconds at the start whose bytes do not count, because buffers fill at once */
  constructor(memory = memoryMs, settle = 0) {
    this.#memoryMs = memory
    this.#settleMs = settle
  }

  /** Records that `total` bytes have moved by `now`, milliseconds. The total may also fall. */
  add(now: number, total: number): void {
    if (this.#begunAt === undefined) {
      this.#begunAt = now
      this.#at = now
      this.#total = total
    }
    const passed = now - this.#at
    // Calls at the same time are counted with the next one.
    if (passed <= 0) return
    if (now - this.#begunAt <= this.#settleMs) {
      this.#at = now
      this.#total = total
      return
    }
    const fading = Math.exp(-passed / this.#memoryMs)
    // Treats the bytes as if they had moved at a steady rate since the last call.
    const weight = this.#memoryMs * (1 - fading)
    this.#bytes = this.#bytes * fading + ((total - this.#total) / passed) * weight
    this.#ms = this.#ms * fading + weight
    this.#at = now
    this.#total = total
  }

  /** Bytes a second; `undefined` during the first second. Falls while nothing is added. */
  perSecond(now: number): number | undefined {
    if (this.#begunAt === undefined || this.#ms === 0) return undefined
    if (now - this.#begunAt < this.#settleMs + leastMs) return undefined
    const fading = Math.exp(-(now - this.#at) / this.#memoryMs)
    const ms = this.#ms * fading + this.#memoryMs * (1 - fading)
    return Math.max(0, (this.#bytes * fading * 1000) / ms)
  }
}
