// Finds the ranges of parts that OSS has and the journal does not, if parts have different sizes. A range is a
// guess until its bytes have been compared. Pure.

import type { Part } from './plan-parts.ts'

/**
 * A part size in effect: from number `n` and offset `o` on, parts have `s` bytes, and each number is the last
 * plus `k`.
 */
export interface Cut {
  readonly n: number
  readonly o: number
  readonly s: number
  readonly k: number
}

/**
 * Ranges that the parts may have if only their sizes are known: side by side from the start of the source, or
 * side by side up to its end. Parts between two gaps are not found.
 */
export function locateSideBySide(
  listed: Iterable<{ readonly partNumber: number; readonly size: number }>,
  sourceSize: number,
): Part[] {
  const parts = [...listed].sort((a, b) => a.partNumber - b.partNumber)
  const total = parts.reduce((sum, { size }) => sum + size, 0)
  const found: Part[] = []
  let position = 0
  for (const { partNumber, size } of parts) {
    found.push({ partNumber, position, size })
    if (total !== sourceSize) {
      found.push({ partNumber, position: sourceSize - total + position, size })
    }
    position += size
  }
  return found.filter(part => part.position >= 0 && part.position + part.size <= sourceSize)
}

/** Ranges that the listed part may have, by the recorded part sizes. The most likely one, by the last size, is first. */
export function locatePart(
  { partNumber, size }: { partNumber: number; size: number },
  cuts: readonly Cut[],
  sourceSize: number,
): Part[] {
  const found = new Map<number, Part>()
  for (const { n, o, s, k } of [...cuts].reverse()) {
    const steps = (partNumber - n) / k
    const position = o + steps * s
    if (!Number.isInteger(steps) || steps < 0 || position + size > sourceSize) continue
    // Only the last part of the source may differ from the recorded part size.
    if (size !== s && position + size !== sourceSize) continue
    found.set(position, { partNumber, position, size })
  }
  return [...found.values()]
}
