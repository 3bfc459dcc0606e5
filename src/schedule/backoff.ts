// Full-jitter back-off: a random share of a doubling span, so that parts which failed together do
// not come back together.

const baseMs = 200
const capMs = 20_000

/** Milliseconds to wait before attempt `attempt + 1`. `random` is from 0 up to 1; attempts count from 1. */
export function backoffMs(attempt: number, random: number, atLeastMs = 0): number {
  const span = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 16))
  return Math.max(atLeastMs, Math.round(random * span))
}
