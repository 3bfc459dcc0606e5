// Full-jitter back-off: a random share of a doubling time span, so that parts that failed together are not sent
// again together.

const baseMs = 200
const capMs = 20_000
/**
 * The longest delay that OSS may ask for, in milliseconds. A longer delay is shortened, because one more
 * refusal costs less than waiting for a day.
 */
const askedMaxMs = 300_000

/**
 * Milliseconds to wait before attempt `attempt + 1`. `random` is from 0 up to 1; attempts count from 1.
 * @param atLeastMs the delay that OSS asks for; up to a quarter is added, so that parts are not sent again
 * together
 */
export function backoffMs(attempt: number, random: number, atLeastMs = 0): number {
  const span = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 16))
  const asked = Math.min(askedMaxMs, atLeastMs)
  return Math.round(asked * (1 + random / 4) + (asked > 0 ? 0 : random * span))
}
