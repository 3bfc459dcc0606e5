// How large the next part should be. A part should take about ten seconds on its connection: long enough that
// its overhead (a round trip, an answer, a journal record) does not matter, short enough that a broken
// connection or a killed process costs little. If connections break, parts stay much smaller than the bytes
// between two breaks. Pure.

import { partSizeMax, partSizeMin } from '../limits.ts'

/** Measurements of the network. */
export interface ConnectionEstimate {
  /** Bytes a millisecond that one connection moves; `undefined` until a part was confirmed. */
  readonly rate: number | undefined
  /** The largest of the parts that were confirmed last, bytes. */
  readonly largest: number
  /** Bytes between two breaks of a connection; infinite if none broke. */
  readonly bytesPerBreak: number
  /** Duration of the shortest part in milliseconds: the overhead of a part cannot be longer. */
  readonly shortestMs: number
}

/** Size of the first parts, which measure the speed of the network. Bytes. */
export const firstPartSize = 256 * 1024
/** How long a part should take, milliseconds; shorter while the number of connections is being searched. */
export const partMs = { settled: 10_000, trying: 2_500, climbing: 400 }
/**
 * Near the end, parts become smaller, so that all connections have work. But no part becomes shorter than this
 * or smaller than 1 MiB for that reason, and never so small that its overhead takes longer than its bytes.
 */
const tailMs = 500
const tailSize = 1024 ** 2
/** Parts become larger by at most this factor at a time, since a first measurement may be wrong. */
const growth = 4
/** About the longest overhead of a part, milliseconds: a round trip, the answer, a journal record. */
const overheadMs = 100

/**
 * @param uncut bytes that no part covers yet
 * @param connections that send parts at the same time
 */
export function autoPartSize(
  estimate: ConnectionEstimate,
  { uncut, connections, aimMs }: { uncut: number; connections: number; aimMs: number },
): number {
  const { rate, largest, bytesPerBreak, shortestMs } = estimate
  // Near the end, parts become smaller, so that all connections have work until the last part.
  const fair = uncut / (2 * connections)
  if (rate === undefined) return bounded(Math.min(firstPartSize, fair))
  const aim = Math.min(rate * aimMs, largest * growth, sizeBetweenBreaks(rate, bytesPerBreak))
  const overhead = rate * Math.min(shortestMs, overheadMs)
  const least = Math.max(Math.min(tailSize, rate * tailMs), overhead)
  return bounded(Math.min(aim, Math.max(fair, least)))
}

/**
 * The size with the smallest loss if connections break. A break costs half a part on average, and parts of
 * half the size have twice the overhead. On a fast network whose connections break often, the overhead does
 * not matter.
 */
function sizeBetweenBreaks(rate: number, bytesPerBreak: number): number {
  return Math.min(Math.sqrt(2 * rate * overheadMs * bytesPerBreak), bytesPerBreak / 4)
}

/** A legal size, rounded down to its three highest bits, so that sizes repeat. */
function bounded(size: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, size))) - 2)
  return Math.min(partSizeMax, Math.max(partSizeMin, Math.floor(size / step) * step))
}
