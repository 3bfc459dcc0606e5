// Which parts are to be sent, given those that are confirmed. A confirmed part keeps its number and
// range; the gaps between them are cut anew, with the numbers that lie between theirs, since OSS
// puts the object together in order of number. Pure.

import { partCountMax, partSizeMax, partSizeMin } from '../limits.ts'

/** A part: a number and a range of the source. */
export interface Part {
  readonly partNumber: number
  /** First byte in the source. */
  readonly position: number
  /** Bytes; 0 only for the single part of an empty source. */
  readonly size: number
}

export interface Plan<Kept extends Part> {
  /** Confirmed parts that still fit, in order. */
  readonly kept: readonly Kept[]
  /** Parts to send, in order. */
  readonly missing: readonly Part[]
  /** Confirmed parts that have to be given up. */
  readonly dropped: readonly Kept[]
}

/**
 * The part size to use: the wanted one, or the least above it with which 10,000 parts are enough,
 * in whole steps of 64 KiB.
 */
export function fitPartSize(size: number, wanted: number): number {
  const needed = Math.ceil(size / partCountMax)
  if (needed <= wanted) return wanted
  const step = 64 * 1024
  return Math.min(partSizeMax, Math.ceil(needed / step) * step)
}

/**
 * Plans the parts of a source of `size` bytes around the confirmed ones. What does not fit any more
 * is dropped: a part that reaches beyond the end, overlaps another, is too small to stand before the
 * end, or leaves a gap that no legal parts can fill.
 */
export function planParts<Kept extends Part>(
  size: number,
  partSize: number,
  confirmed: Iterable<Kept> = [],
): Plan<Kept> {
  const dropped: Kept[] = []
  const kept: Kept[] = []
  const missing: Part[] = []
  const candidates = [...confirmed].sort((a, b) => a.partNumber - b.partNumber)
  let position = 0
  let nextNumber = 1
  for (const part of candidates) {
    const end = part.position + part.size
    const fits =
      part.partNumber >= nextNumber &&
      part.position >= position &&
      end <= size &&
      (part.size > 0 || size === 0) &&
      (end === size || part.size >= partSizeMin)
    const gap = fits
      ? cutGap({
          from: position,
          to: part.position,
          firstNumber: nextNumber,
          lastNumber: part.partNumber - 1,
          partSize,
          last: false,
        })
      : undefined
    // What follows a kept part must still be possible to cut: numbers have to suffice up to the end.
    if (gap === undefined || !canEnd(size - end, partCountMax - part.partNumber)) {
      dropped.push(part)
      continue
    }
    missing.push(...gap)
    kept.push(part)
    position = end
    nextNumber = part.partNumber + 1
  }
  const tail = cutGap({
    from: position,
    to: size,
    firstNumber: nextNumber,
    lastNumber: partCountMax,
    partSize,
    last: true,
  })
  if (tail === undefined) throw new RangeError(`${size} bytes do not fit in ${partCountMax} parts`)
  missing.push(...tail)
  // OSS keeps an empty object as one empty part.
  if (kept.length === 0 && missing.length === 0) {
    missing.push({ partNumber: 1, position: 0, size: 0 })
  }
  return { kept, missing, dropped }
}

interface Gap {
  readonly from: number
  readonly to: number
  readonly firstNumber: number
  readonly lastNumber: number
  readonly partSize: number
  /** The gap ends where the source ends, so its last part may be small. */
  readonly last: boolean
}

/** Cuts a gap into parts of `partSize`; larger or unequal ones where numbers or the minimum demand it. */
function cutGap(gap: Gap): Part[] | undefined {
  const total = gap.to - gap.from
  const numbers = gap.lastNumber - gap.firstNumber + 1
  if (total === 0) return []
  if (numbers < 1 || (!gap.last && total < partSizeMin)) return undefined
  let size = gap.partSize
  if (Math.ceil(total / size) > numbers) size = Math.ceil(total / numbers)
  if (size > partSizeMax) return undefined
  const parts: Part[] = []
  for (let position = gap.from; position < gap.to; position += size) {
    parts.push({
      partNumber: gap.firstNumber + parts.length,
      position,
      size: Math.min(size, gap.to - position),
    })
  }
  const end = parts.at(-1)
  if (gap.last || end === undefined || end.size >= partSizeMin) return parts
  return evenOut(parts, end)
}

/** Before the end of the source a short remainder is joined with the part before it, or shared with it. */
function evenOut(parts: Part[], end: Part): Part[] {
  const before = parts.at(-2)
  if (before === undefined) return parts
  const both = before.size + end.size
  const rest = parts.slice(0, -2)
  if (both <= partSizeMax) return [...rest, { ...before, size: both }]
  const half = Math.floor(both / 2)
  return [
    ...rest,
    { ...before, size: half },
    { ...end, position: before.position + half, size: both - half },
  ]
}

function canEnd(remaining: number, numbers: number): boolean {
  return remaining <= numbers * partSizeMax && (remaining === 0 || numbers > 0)
}
