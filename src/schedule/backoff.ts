// Full-jitter back-off: a random share of a doubling span, so that parts which failed together do
// not come back together.

const baseMs = 200
const capMs = 20_000
/** A delay that is asked for counts up to this: rather one more refusal than a day of silence. */
const askedMaxMs = 300_000

/**
 * Milliseconds to wait before attempt `attempt + 1`. `random` is from 0 up to 1; attempts count from 1.
 * @param atLeastMs what OSS asks for; up to a quarter is added, for the same reason
 */
export function backoffMs(attempt: number, random: number, atLeastMs = 0): number {
  const span = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 16))
  const asked = Math.min(askedMaxMs, atLeastMs)
  return Math.round(asked * (1 + random / 4) + (asked > 0 ? 0 : random * span))
}
