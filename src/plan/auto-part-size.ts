// How large the next part should be. A part should last about ten seconds on its connection: long
// enough that what surrounds it (a round trip, an answer, a record) does not count, short enough that
// a broken connection or a killed process costs little. Where connections break, parts stay well
// below what passes between two breaks. Pure.

import { partSizeMax, partSizeMin } from '../limits.ts'

/** What is known of the line. */
export interface LineEstimate {
  /** Bytes a millisecond that one connection moves; `undefined` until a part was confirmed. */
  readonly rate: number | undefined
  /** Of the parts confirmed lately, the largest. */
  readonly largest: number
  /** Bytes between two breaks of a connection; infinite where none broke. */
  readonly bytesPerBreak: number
  /** What the shortest part took, ms: what surrounds a part takes no longer. */
  readonly shortestMs: number
}

/** The first parts, which find out how fast the line is. Bytes. */
export const firstPartSize = 256 * 1024
/** What a part should last; shorter while the number of connections is being found. */
export const partMs = { settled: 10_000, trying: 2_500, climbing: 400 }
/**
 * No part is made shorter than this, or smaller than 1 MiB, to spread the end over the connections; nor
 * in any case so small that what surrounds it takes longer than its bytes.
 */
const tailMs = 500
const tailSize = 1024 ** 2
/** Parts become larger by at most this factor at a time, since a first measurement may be wrong. */
const growth = 4
/** What a part costs besides its bytes, at most, about: a round trip, the answer, a record. */
const overheadMs = 100

/**
 * @param uncut bytes that are not yet cut into parts
 * @param connections that send parts at the same time
 */
export function autoPartSize(
  line: LineEstimate,
  { uncut, connections, aimMs }: { uncut: number; connections: number; aimMs: number },
): number {
  const { rate, largest, bytesPerBreak, shortestMs } = line
  // Towards the end parts become smaller, so that all connections have something to do to the last.
  const fair = uncut / (2 * connections)
  if (rate === undefined) return bounded(Math.min(firstPartSize, fair))
  const aim = Math.min(rate * aimMs, largest * growth, sizeBetweenBreaks(rate, bytesPerBreak))
  const overhead = rate * Math.min(shortestMs, overheadMs)
  const least = Math.max(Math.min(tailSize, rate * tailMs), overhead)
  return bounded(Math.min(aim, Math.max(fair, least)))
}

/**
 * The size that loses least where connections break: a break costs half a part on average, and parts
 * of half the size cost twice the overhead. On a fast line that breaks often the overhead is no measure.
 */
function sizeBetweenBreaks(rate: number, bytesPerBreak: number): number {
  return Math.min(Math.sqrt(2 * rate * overheadMs * bytesPerBreak), bytesPerBreak / 4)
}

/** Legal, and rounded down to two significant bits after the first, so that sizes repeat. */
function bounded(size: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, size))) - 2)
  return Math.min(partSizeMax, Math.max(partSizeMin, Math.floor(size / step) * step))
}
