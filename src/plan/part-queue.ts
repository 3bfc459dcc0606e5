// Parts to be sent, one after the other. Parts of a fixed size are cut beforehand; those of `auto` when
// they are handed out, each as large as seems best at that moment. Pure.
//
// Cutting one part off the front of a gap leaves a gap that can be cut: with N numbers for T bytes a
// part takes at least T/N bytes, so N-1 numbers suffice for the rest, and the rest is either nothing
// or enough for a part. So whatever subset of the parts is confirmed when a run ends, what lies
// between them can be filled with the numbers that lie between theirs.

import { partSizeMax, partSizeMin } from '../limits.ts'
import type { Gap, Part } from './plan-parts.ts'

/** A part that may be given back to be cut smaller. */
export interface QueuedPart extends Part {
  /** The numbers from `partNumber` to this one are left to it. */
  readonly lastNumber: number
  /** How often bytes of it were sent in vain, as part of a larger one. */
  readonly failures: number
}

export interface PartQueue {
  /** The next part to send; `undefined` if there is none now. */
  next(): QueuedPart | undefined
  /**
   * Takes back a part that broke, its failures counted: to cut it anew into smaller ones, or, where there
   * were too many connections, for when all else is handed out.
   */
  giveBack(part: QueuedPart, how: 'smaller' | 'last'): void
  /**
   * True if the part had better been cut much smaller, and it can be.
   * @param breaks how often a connection broke on it
   */
  isTooLarge(part: QueuedPart, breaks: number): boolean
  readonly isEmpty: boolean
  /** About how many parts are not cut yet. */
  readonly uncutCount: number
}

/** Parts that are already cut. */
export function cutBefore(parts: readonly Part[]): PartQueue {
  const returned: QueuedPart[] = []
  let next = 0
  return {
    next() {
      const part = parts[next]
      if (part === undefined) return returned.pop()
      next++
      const { partNumber, position, size } = part
      return { partNumber, lastNumber: partNumber, position, size, failures: 0 }
    },
    giveBack: part => returned.push(part),
    isTooLarge: () => false,
    get isEmpty() {
      return next >= parts.length && returned.length === 0
    },
    uncutCount: 0,
  }
}

/** Numbers that are left to one part, at most: so many pieces can be made of it later. */
const sparesMax = 16

/**
 * Parts that are cut as they are asked for.
 * @param wanted the size that seems best now, given the bytes that are yet to be cut
 */
export function cutOnDemand(
  gaps: readonly Gap[],
  size: number,
  wanted: (uncut: number) => number,
): PartQueue {
  const waiting: (Gap & { sizeMax?: number; failures?: number })[] = [...gaps].reverse()
  let uncut = waiting.reduce((sum, gap) => sum + gap.to - gap.from, 0)
  return {
    next() {
      const gap = waiting.pop()
      if (gap === undefined) return undefined
      const { part, rest } = cutOne(gap, Math.min(wanted(uncut), gap.sizeMax ?? partSizeMax))
      uncut -= part.size
      if (rest !== undefined) waiting.push(rest)
      return { ...part, failures: gap.failures ?? 0 }
    },
    giveBack({ partNumber: firstNumber, lastNumber, position: from, size: bytes, failures }, how) {
      const to = from + bytes
      const sizeMax = how === 'smaller' ? Math.floor(bytes / 2) : bytes
      const last = to === size
      const gap = { from, to, firstNumber, lastNumber, last, sizeMax, failures }
      if (how === 'smaller') waiting.push(gap)
      else waiting.unshift(gap)
      uncut += bytes
    },
    isTooLarge: ({ partNumber, lastNumber, size: bytes }, breaks) =>
      lastNumber > partNumber &&
      bytes >= 2 * partSizeMin &&
      (breaks >= 2 || wanted(uncut + bytes) <= bytes / 2),
    get isEmpty() {
      return waiting.length === 0
    },
    get uncutCount() {
      return uncut === 0 ? 0 : Math.ceil(uncut / wanted(uncut))
    },
  }
}

/** Cuts one part of about `wanted` bytes off the front of a gap. */
export function cutOne(
  gap: Gap,
  wanted: number,
): { part: Omit<QueuedPart, 'failures'>; rest: Gap | undefined } {
  const { from: position, to, firstNumber: partNumber } = gap
  const total = to - position
  const numbers = gap.lastNumber - partNumber + 1
  const least = Math.max(partSizeMin, Math.ceil(total / numbers))
  let size = Math.min(total, Math.max(least, Math.min(wanted, partSizeMax)))
  const isScrap = total - size < Math.max(partSizeMin, Math.floor(size / 4))
  if (isScrap) size = total <= partSizeMax ? total : Math.ceil(total / 2)
  if (size === total) {
    const lastNumber = Math.min(gap.lastNumber, partNumber + sparesMax - 1)
    return { part: { partNumber, lastNumber, position, size }, rest: undefined }
  }
  // Half of the numbers are kept for smaller parts; of the other half each part gets its share.
  const share = Math.min(sparesMax, Math.max(1, (numbers * size) / (2 * total)))
  const lastNumber = partNumber + 2 ** Math.floor(Math.log2(share)) - 1
  return {
    part: { partNumber, lastNumber, position, size },
    rest: { ...gap, from: position + size, firstNumber: lastNumber + 1 },
  }
}
