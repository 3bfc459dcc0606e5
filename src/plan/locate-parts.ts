// Where parts lie that OSS has and the journal lacks, when they were cut on the way. What is found is
// a guess until the bytes have been compared. Pure.

import type { Part } from './plan-parts.ts'

/** From number `n` at offset `o` on, parts of `s` bytes with every `k`th number. */
export interface Cut {
  readonly n: number
  readonly o: number
  readonly s: number
  readonly k: number
}

/**
 * Ranges that the parts of an upload may have of which nothing else is known: side by side from the
 * beginning on, or up to the end, whatever their numbers. What lies between two holes is not found.
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

/** Ranges that the listed part may have, the likeliest first: by the cuts, of which the latest counts most. */
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
    // Only the part at the end may be another size than its cut.
    if (size !== s && position + size !== sourceSize) continue
    found.set(position, { partNumber, position, size })
  }
  return [...found.values()]
}
