// Plans which parts to send, given the confirmed ones. A confirmed part keeps its number and its range. The gaps
// between confirmed parts are divided again, with the numbers between theirs, because OSS joins the parts in the
// order of their numbers. Pure.

import { partCountMax, partSizeMax, partSizeMin } from '../limits.ts'

/** A part: a number and a range of the source. */
export interface Part {
  readonly partNumber: number
  /** Position of the first byte in the source. */
  readonly position: number
  /** Bytes; 0 only for the single part of an empty source. */
  readonly size: number
}

export interface Plan<Kept extends Part> extends GapPlan<Kept> {
  /** Parts to send, in order. */
  readonly missing: readonly Part[]
}

export interface GapPlan<Kept extends Part> {
  /** Confirmed parts that still fit, in order. */
  readonly kept: readonly Kept[]
  /** The gaps between the confirmed parts, in order. Each gap can be divided into legal parts. */
  readonly gaps: readonly Gap[]
  /** Confirmed parts that do not fit and have to be dropped. */
  readonly dropped: readonly Kept[]
}

/** A range that no confirmed part covers, and the part numbers that are free for it. */
export interface Gap {
  /** Position of the first byte in the source. */
  readonly from: number
  /** The position after the last byte of the gap. */
  readonly to: number
  readonly firstNumber: number
  readonly lastNumber: number
  /** True if the gap ends at the end of the source. Its last part may then be small. */
  readonly last: boolean
}

/** Part size of streams with `auto`, whose parts are planned before the connection has been measured. Bytes. */
export const plainPartSize = 8 * 1024 ** 2

/**
 * The part size to use: the wanted size, unless the source would need more than 10,000 parts. Then the smallest
 * sufficient size, in steps of 64 KiB.
 */
export function fitPartSize(size: number, option: number | 'auto'): number {
  const wanted = option === 'auto' ? plainPartSize : option
  const needed = Math.ceil(size / partCountMax)
  if (needed <= wanted) return wanted
  const step = 64 * 1024
  return Math.min(partSizeMax, Math.ceil(needed / step) * step)
}

/** Plans the parts of a source of `size` bytes around the confirmed ones: `planGaps`, all of it cut. */
export function planParts<Kept extends Part>(
  size: number,
  partSize: number,
  confirmed: Iterable<Kept> = [],
): Plan<Kept> {
  const plan = planGaps(size, confirmed)
  return { ...plan, missing: plan.gaps.flatMap(gap => cutGap(gap, partSize)) }
}

/**
 * Finds the gaps between the confirmed parts of a source of `size` bytes. Drops each part that does not fit any
 * more: one that reaches beyond the end, overlaps another, is too small and not the last, or leaves a gap that
 * no legal parts can fill.
 */
export function planGaps<Kept extends Part>(
  size: number,
  confirmed: Iterable<Kept> = [],
): GapPlan<Kept> {
  const dropped: Kept[] = []
  const kept: Kept[] = []
  const gaps: Gap[] = []
  const candidates = [...confirmed].sort((a, b) => a.partNumber - b.partNumber)
  let position = 0
  let nextNumber = 1
  for (const part of candidates) {
    const end = part.position + part.size
    const gap = {
      from: position,
      to: part.position,
      firstNumber: nextNumber,
      lastNumber: part.partNumber - 1,
      last: false,
    }
    const fits =
      part.partNumber >= nextNumber &&
      part.position >= position &&
      end <= size &&
      (part.size > 0 || size === 0) &&
      (end === size || part.size >= partSizeMin) &&
      canCut(gap) &&
      // After a kept part, there must be enough numbers for parts up to the end.
      canEnd(size - end, partCountMax - part.partNumber)
    if (!fits) {
      dropped.push(part)
      continue
    }
    if (gap.to > gap.from) gaps.push(gap)
    kept.push(part)
    position = end
    nextNumber = part.partNumber + 1
  }
  const tail = {
    from: position,
    to: size,
    firstNumber: nextNumber,
    lastNumber: partCountMax,
    last: true,
  }
  if (!canCut(tail)) throw new RangeError(`${size} bytes do not fit in ${partCountMax} parts`)
  // OSS keeps an empty object as one empty part.
  if (tail.to > tail.from || kept.length === 0) gaps.push(tail)
  return { kept, gaps, dropped }
}

/** True if legal parts can fill it: enough numbers, and no part before the end below 100 KiB. */
function canCut({ from, to, firstNumber, lastNumber, last }: Gap): boolean {
  const total = to - from
  const numbers = lastNumber - firstNumber + 1
  return total === 0 || (canEnd(total, numbers) && (last || total >= partSizeMin))
}

/** Cuts a gap into parts of `partSize`; into larger or unequal ones if the numbers or the minimum size require it. */
function cutGap(gap: Gap, partSize: number): Part[] {
  const total = gap.to - gap.from
  const numbers = gap.lastNumber - gap.firstNumber + 1
  if (total === 0) return [{ partNumber: gap.firstNumber, position: gap.from, size: 0 }]
  const size = Math.max(partSize, Math.ceil(total / numbers))
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

/** A short rest that is not at the end of the source is joined with the part before it, or both get equal sizes. */
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
