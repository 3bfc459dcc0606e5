import { describe, expect, test } from 'vitest'
import { partCountMax, partSizeMax, partSizeMin } from '../../../src/limits.ts'
import { cutBefore, cutOnDemand, cutOne, type QueuedPart } from '../../../src/plan/part-queue.ts'
import { type Part, planGaps, planParts } from '../../../src/plan/plan-parts.ts'
import { between, seeded } from '../support/random.ts'

const MiB = 1024 ** 2
const min = partSizeMin

/** Throws unless the parts are the source once from end to end, in order, in sizes that OSS takes. */
function expectWhole(size: number, parts: readonly Part[]): void {
  let position = 0
  let last = 0
  const inOrder = [...parts].sort((a, b) => a.partNumber - b.partNumber)
  for (const part of inOrder) {
    const isEnd = part.position + part.size === size
    if (part.position !== position) throw new Error(`part ${part.partNumber}: hole or overlap`)
    if (part.partNumber <= last || part.partNumber > partCountMax) throw new Error('number')
    if (part.size > partSizeMax || (!isEnd && part.size < min)) throw new Error(`${part.size}`)
    position += part.size
    last = part.partNumber
  }
  expect(position).toBe(size)
}

function drain(queue: { next(): QueuedPart | undefined }): QueuedPart[] {
  const parts: QueuedPart[] = []
  for (let part = queue.next(); part !== undefined; part = queue.next()) parts.push(part)
  return parts
}

describe('cutting one part off', () => {
  const gap = { from: 0, to: 10 * MiB, firstNumber: 1, lastNumber: partCountMax, last: true }
  const cases = [
    { what: 'as wanted', gap, wanted: MiB, size: MiB },
    { what: 'never below 100 KiB', gap, wanted: 1, size: min },
    { what: 'all, where less than a quarter would be left', gap, wanted: 9 * MiB, size: 10 * MiB },
    {
      what: 'larger where numbers are short',
      gap: { ...gap, lastNumber: 2 },
      wanted: MiB,
      size: 5 * MiB,
    },
    {
      what: 'all where one number is left',
      gap: { ...gap, lastNumber: 1 },
      wanted: MiB,
      size: 10 * MiB,
    },
    {
      what: 'all where the rest could not be a part before another',
      gap: { ...gap, to: 2 * min + min / 2, last: false },
      wanted: 2 * min,
      size: 2 * min + min / 2,
    },
    { what: 'the one part of an empty source', gap: { ...gap, to: 0 }, wanted: MiB, size: 0 },
  ]
  test.each(cases)('$what', ({ gap, wanted, size }) => {
    expect(cutOne(gap, wanted).part.size).toBe(size)
  })

  test('the largest object takes all numbers and the largest parts', () => {
    const size = partCountMax * partSizeMax
    const queue = cutOnDemand(planGaps(size).gaps, size, () => MiB)
    const parts = drain(queue)
    expect(parts).toHaveLength(partCountMax)
    expectWhole(size, parts)
  })
})

test('with any wanted sizes and any number of requeued parts, the parts are legal', () => {
  const random = seeded(11)
  let givenBack = 0
  for (let round = 0; round < 400; round++) {
    const size = between(random, 1, 400 * min)
    const queue = cutOnDemand(planGaps(size).gaps, size, () => between(random, min, 40 * min))
    const sent: Part[] = []
    for (let part = queue.next(); part !== undefined; part = queue.next()) {
      if (queue.isTooLarge(part, 2) && random.next() < 0.5) {
        givenBack++
        queue.requeue(part, random.next() < 0.5 ? 'smaller' : 'last')
      } else sent.push(part)
    }
    expect(queue.isEmpty).toBe(true)
    expectWhole(size, sent)
  }
  expect(givenBack).toBeGreaterThan(100)
})

test('after any number of crashes with parts in flight, every confirmed part is kept', () => {
  const random = seeded(12)
  for (let round = 0; round < 300; round++) {
    // Close to the most that 10,000 numbers hold, now and then, so that numbers are short as well.
    const size = between(random, 1, random.next() < 0.1 ? 3_000 * min : 200 * min)
    let confirmed: Part[] = []
    for (let run = 0; run < 4; run++) {
      const plan = planGaps(size, confirmed)
      expect(plan.dropped).toEqual([])
      const most = between(random, min, 60 * min)
      const queue = cutOnDemand(plan.gaps, size, () => between(random, min, most))
      const until = between(random, 0, 80)
      for (let count = 0; run === 3 || count < until; count++) {
        const part = queue.next()
        if (part === undefined) break
        // In flight at the crash, or confirmed before it.
        if (run === 3 || random.next() < 0.6) confirmed = [...confirmed, part]
      }
    }
    expectWhole(size, confirmed)
    expect(planGaps(size, confirmed).gaps).toEqual([])
  }
})

test('parts that are already planned stay as they are', () => {
  const { missing } = planParts(5 * MiB, 2 * MiB)
  const queue = cutBefore(missing)
  const first = queue.next()
  expect(first).toMatchObject(missing[0] ?? {})
  expect(queue.uncutCount).toBe(0)
  if (first !== undefined) queue.requeue(first, 'last')
  expect(drain(queue).map(({ partNumber }) => partNumber)).toEqual([2, 3, 1])
  expect(queue.isEmpty).toBe(true)
})
