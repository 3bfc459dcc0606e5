// Hashes many ranges of a source, such as parts. Neighbouring ranges are read together in large blocks, and the next
// block is read while one is hashed. So the speed does not depend on the size of the parts.

import { allocateHashable, crc64, freeHashable } from '../hash/crc64.ts'
import type { Source } from '../ports.ts'

const blockSize = 1024 * 1024

interface Range {
  /** Position of the first byte in the source. */
  readonly position: number
  readonly size: number
}

/**
 * The CRC-64 of each range, without ranges beyond the end of the source.
 * Rejects with the error of `read`, and with the signal's reason.
 * @param onHashed called after each hashed block, with its number of bytes
 */
export async function hashRanges<R extends Range>(
  source: Source,
  ranges: readonly R[],
  signal?: AbortSignal,
  onHashed?: (bytes: number) => void,
): Promise<Map<R, bigint>> {
  const crcs = new Map<R, bigint>()
  for (const range of ranges) if (range.size === 0) crcs.set(range, 0n)
  const inOrder = ranges.filter(({ size }) => size > 0).sort((a, b) => a.position - b.position)
  const buffers = [allocateHashable(blockSize), allocateHashable(blockSize)]
  const blocks = blocksOf(inOrder)
  const readNext = (): Reading | undefined => {
    const { value: block } = blocks.next()
    if (block === undefined) return undefined
    // The other buffer is being hashed.
    buffers.reverse()
    const bytes = fill(source, buffers[0]!.subarray(0, block.size), block.position)
    // This promise may reject before the loop waits for it.
    bytes.catch(() => {})
    return { bytes, size: block.size }
  }

  let index = 0
  let done = 0
  let crc = 0n
  let reading = readNext()
  try {
    while (reading !== undefined) {
      const { size } = reading
      const bytes = await reading.bytes
      signal?.throwIfAborted()
      onHashed?.(bytes.length)
      reading = bytes.length < size ? undefined : readNext()
      // Blocks have the ranges in order and without gaps, so only their sizes count.
      for (let at = 0; at < bytes.length; ) {
        const range = inOrder[index]!
        const count = Math.min(range.size - done, bytes.length - at)
        crc = crc64(bytes.subarray(at, at + count), crc)
        at += count
        done += count
        if (done < range.size) continue
        crcs.set(range, crc)
        index++
        done = 0
        crc = 0n
      }
    }
    return crcs
  } finally {
    // The buffers are reused after this, so no read may still fill them.
    await reading?.bytes.catch(() => {})
    buffers.forEach(freeHashable)
  }
}

interface Reading {
  readonly bytes: Promise<Uint8Array>
  /** Number of requested bytes. */
  readonly size: number
}

/** Cuts the ranges into blocks, in order and without gaps. */
function* blocksOf(inOrder: readonly Range[]): Generator<Range, undefined> {
  let end = 0
  for (let index = 0; index < inOrder.length; ) {
    let position = inOrder[index]!.position
    do {
      end = inOrder[index]!.position + inOrder[index]!.size
      index++
    } while (inOrder[index]?.position === end)
    for (; position < end; position += blockSize) {
      yield { position, size: Math.min(blockSize, end - position) }
    }
  }
}

/** Resolves to the bytes that were read: fewer than requested only at the end of the source. */
async function fill(source: Source, into: Uint8Array, position: number): Promise<Uint8Array> {
  let filled = 0
  while (filled < into.length) {
    const count = await source.read(into.subarray(filled), position + filled)
    if (count === 0) break
    filled += count
  }
  return into.subarray(0, filled)
}
