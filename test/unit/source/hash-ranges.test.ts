import { describe, expect, it } from 'vitest'
import { crc64 } from '../../../src/hash/crc64.ts'
import type { Source } from '../../../src/ports.ts'
import { hashRanges } from '../../../src/source/hash-ranges.ts'

const MiB = 1024 * 1024
const size = 5 * MiB + 123
const content = new Uint8Array(size).map((_, index) => (index * 31) ^ (index >> 9))

/** Gives at most `step` bytes at a time, and notes what it was asked for. */
function sourceOf(bytes: Uint8Array, step = Number.POSITIVE_INFINITY) {
  const reads: [position: number, size: number][] = []
  let running = 0
  let most = 0
  const source: Pick<Source, 'read'> = {
    async read(into, position) {
      reads.push([position, into.length])
      running++
      most = Math.max(most, running)
      await Promise.resolve()
      running--
      const some = bytes.subarray(position, position + Math.min(into.length, step))
      into.set(some)
      return some.length
    },
  }
  return { source: source as Source, reads, running: () => running, most: () => most }
}

const range = (position: number, size: number) => ({ position, size })
const crcOf = ({ position, size }: { position: number; size: number }) =>
  crc64(content.subarray(position, position + size))

describe('hashRanges', () => {
  it.each([
    ['no range', []],
    ['an empty range', [range(7, 0)]],
    ['one small range', [range(3, 10)]],
    ['one range of several blocks', [range(0, size)]],
    ['touching ranges', Array.from({ length: 50 }, (_, index) => range(index * 100_000, 100_000))],
    ['ranges with gaps', [range(10, 100), range(200, MiB), range(3 * MiB, 2 * MiB)]],
    ['ranges out of order', [range(2 * MiB, MiB), range(0, 5), range(MiB, MiB)]],
    ['ranges that overlap', [range(0, 1000), range(500, 1000), range(600, 10)]],
    ['ranges up to the end', [range(size - 1, 1), range(0, size - 1)]],
  ])('%s', async (_what, ranges) => {
    for (const step of [Number.POSITIVE_INFINITY, 70_001]) {
      const { source } = sourceOf(content, step)
      const crcs = await hashRanges(source, ranges)
      expect(ranges.map(one => crcs.get(one))).toEqual(ranges.map(crcOf))
    }
  })

  it('leaves out the ranges that the source ends before', async () => {
    const ranges = [range(0, 100), range(size - 100, 101), range(size + 5, 1)]
    const crcs = await hashRanges(sourceOf(content).source, ranges)
    expect([...crcs.keys()]).toEqual([ranges[0]])
  })

  it('reads touching ranges together, one block at a time', async () => {
    const ranges = Array.from({ length: 40 }, (_, index) => range(index * 102_400, 102_400))
    const { source, reads, most } = sourceOf(content)
    await hashRanges(source, ranges)
    expect(reads.map(([position]) => position)).toEqual([0, MiB, 2 * MiB, 3 * MiB])
    expect(most()).toBe(1)
  })

  it('rejects with what read throws, when no read is under way any more', async () => {
    const { source, running } = sourceOf(content)
    const failing = {
      ...source,
      read: (into: Uint8Array, position: number) =>
        position >= MiB ? Promise.reject(new Error('bad disk')) : source.read(into, position),
    }
    await expect(hashRanges(failing, [range(0, size)])).rejects.toThrow('bad disk')
    expect(running()).toBe(0)
  })

  it('rejects with the reason of an abort', async () => {
    const stopped = hashRanges(sourceOf(content).source, [range(0, size)], AbortSignal.abort('no'))
    await expect(stopped).rejects.toBe('no')
  })
})
