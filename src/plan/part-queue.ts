// The parts to send, in their order. Parts of a fixed size are planned before the first is sent. Parts of `auto`
// are planned when a worker takes them, each with the best size at that moment. Pure.
//
// If a part is taken from the front of a gap, the rest of the gap can still be divided: with N numbers for T bytes,
// a part takes at least T/N bytes. So N-1 numbers are enough for the rest, and the rest is empty or large enough
// for a part. Therefore, for each set of confirmed parts at the end of a run, the gaps between them can be filled
// with the part numbers between theirs.

import { partSizeMax, partSizeMin } from '../limits.ts'
import type { Gap, Part } from './plan-parts.ts'

/** A part that a worker can return to the queue, which may then divide it into smaller parts. */
export interface QueuedPart extends Part {
  /** The part owns the numbers from `partNumber` to this one. */
  readonly lastNumber: number
  /** How many attempts failed after sending some of its bytes, before the part was divided. */
  readonly failures: number
}

export interface PartQueue {
  /** Takes the next part to send; `undefined` if no part waits now. */
  next(): QueuedPart | undefined
  /**
   * Requeues a part whose connection broke, with the number of its failures. The queue divides it into
   * smaller parts. If there were too many connections, the queue hands it out after all others instead.
   */
  requeue(part: QueuedPart, how: 'smaller' | 'last'): void
  /**
   * True if the part should have been much smaller, and can be divided.
   * @param breaks how many of its connections broke
   */
  isTooLarge(part: QueuedPart, breaks: number): boolean
  readonly isEmpty: boolean
  /** The approximate number of waiting parts, including parts that are not planned yet. */
  readonly uncutCount: number
}

/** Parts that are already planned. */
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
    requeue: part => returned.push(part),
    isTooLarge: () => false,
    get isEmpty() {
      return next >= parts.length && returned.length === 0
    },
    uncutCount: 0,
  }
}

/** The most numbers that one part owns: it can be divided into as many smaller parts later. */
const sparesMax = 16

/**
 * A queue that plans each part when a worker takes it.
 * @param wanted returns the best size now; gets the bytes that no part covers yet
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
    requeue({ partNumber: firstNumber, lastNumber, position: from, size: bytes, failures }, how) {
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

/** Takes one part of about `wanted` bytes from the front of a gap. */
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
  // Half of the numbers are kept for smaller parts. Each part gets its share of the other half.
  const share = Math.min(sparesMax, Math.max(1, (numbers * size) / (2 * total)))
  const lastNumber = partNumber + 2 ** Math.floor(Math.log2(share)) - 1
  return {
    part: { partNumber, lastNumber, position, size },
    rest: { ...gap, from: position + size, firstNumber: lastNumber + 1 },
  }
}
