// Limits bytes per second for all parts of an upload: a token bucket that holds a tenth of a second. Reads are
// small enough that even a slow upload sends something every second.

import type { Clock } from '../ports.ts'

export interface Bandwidth {
  /** Waits until bytes may be sent; resolves to how many, at least 1 and at most `wanted`. */
  admit(wanted: number, signal?: AbortSignal): Promise<number>
}

/** @param bytesPerSecond at least 1024 */
export function limitBandwidth(bytesPerSecond: number, clock: Clock): Bandwidth {
  const burst = Math.max(1024, Math.floor(bytesPerSecond / 10))
  let freeAt = clock.monotonic()
  return {
    async admit(wanted, signal) {
      const granted = Math.min(wanted, burst)
      // The turn is reserved at once, so that parts that wait at the same time form a queue.
      const startAt = Math.max(freeAt, clock.monotonic())
      freeAt = startAt + (granted / bytesPerSecond) * 1000
      const waitMs = startAt - clock.monotonic()
      if (waitMs > 0) await clock.sleep(waitMs, signal)
      return granted
    },
  }
}
