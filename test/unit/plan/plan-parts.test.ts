import { describe, expect, test } from 'vitest'
import { objectSizeMax, partCountMax, partSizeMax, partSizeMin } from '../../../src/limits.ts'
import { fitPartSize, type Part, planParts } from '../../../src/plan/plan-parts.ts'
import { between, seeded } from '../support/random.ts'

const KiB = 1024
const MiB = 1024 ** 2
const min = partSizeMin

function part(partNumber: number, position: number, size: number): Part {
  return { partNumber, position, size }
}

/** What any plan must be: the source once from end to end, in order of numbers, in sizes OSS takes. */
function expectLegal(size: number, { kept, missing }: ReturnType<typeof planParts>): Part[] {
  const all = [...kept, ...missing].sort((a, b) => a.partNumber - b.partNumber)
  let position = 0
  let last = 0
  for (const [index, { partNumber, position: from, size: bytes }] of all.entries()) {
    const isLast = index === all.length - 1
    if (from !== position) throw new Error(`part ${partNumber} begins at ${from}, not ${position}`)
    if (partNumber <= last || partNumber > partCountMax) throw new Error(`number ${partNumber}`)
    if (bytes > partSizeMax || (!isLast && bytes < min)) throw new Error(`${bytes} bytes`)
    position += bytes
    last = partNumber
  }
  expect(position).toBe(size)
  return all
}

describe('a fresh source', () => {
  test.each([
    { size: 0, partSize: 8 * MiB, sizes: [0] },
    { size: 1, partSize: 8 * MiB, sizes: [1] },
    { size: 8 * MiB, partSize: 8 * MiB, sizes: [8 * MiB] },
    { size: 8 * MiB + 1, partSize: 8 * MiB, sizes: [8 * MiB, 1] },
    { size: 24 * MiB, partSize: 8 * MiB, sizes: [8 * MiB, 8 * MiB, 8 * MiB] },
    { size: 3 * min - 1, partSize: min, sizes: [min, min, min - 1] },
  ])('of $size bytes in parts of $partSize', ({ size, partSize, sizes }) => {
    const plan = planParts(size, partSize)
    expect(plan.missing.map(({ size }) => size)).toEqual(sizes)
    expect(plan.missing.map(({ partNumber }) => partNumber)).toEqual(sizes.map((_, i) => i + 1))
    expect(plan.kept).toEqual([])
    expectLegal(size, plan)
  })

  test.each([
    { what: 'exactly 10,000 parts', size: partCountMax * min, partSize: min, parts: 10_000 },
    { what: '10,000 parts and a byte', size: partCountMax * min + 1, partSize: min, parts: 10_000 },
    { what: 'the largest object', size: objectSizeMax, partSize: 8 * MiB, parts: 10_000 },
  ])('$what', ({ size, partSize, parts }) => {
    const plan = planParts(size, partSize)
    expect(plan.missing).toHaveLength(parts)
    expectLegal(size, plan)
  })

  test('one byte more than OSS can hold has no plan', () => {
    expect(() => planParts(objectSizeMax + 1, 8 * MiB)).toThrow(RangeError)
  })
})

describe('fitPartSize', () => {
  test.each([
    { size: 0, wanted: 8 * MiB, fit: 8 * MiB },
    { size: partCountMax * 8 * MiB, wanted: 8 * MiB, fit: 8 * MiB },
    { size: partCountMax * 8 * MiB + 1, wanted: 8 * MiB, fit: 8 * MiB + 64 * KiB },
    { size: partCountMax * min + 1, wanted: min, fit: 128 * KiB },
    { size: objectSizeMax, wanted: min, fit: partSizeMax },
  ])('$size bytes, $wanted wanted', ({ size, wanted, fit }) => {
    expect(fitPartSize(size, wanted)).toBe(fit)
    expect(Math.ceil(size / fit)).toBeLessThanOrEqual(partCountMax)
  })
})

describe('around confirmed parts', () => {
  const cases: {
    what: string
    size: number
    confirmed: Part[]
    kept: number[]
    missing: Part[]
  }[] = [
    {
      what: 'a gap is cut with the numbers that lie between',
      size: 4 * MiB,
      confirmed: [part(1, 0, MiB), part(4, 3 * MiB, MiB)],
      kept: [1, 4],
      missing: [part(2, MiB, MiB), part(3, 2 * MiB, MiB)],
    },
    {
      what: 'a gap with too few numbers is cut into larger parts',
      size: 4 * MiB,
      confirmed: [part(1, 0, MiB), part(3, 3 * MiB, MiB)],
      kept: [1, 3],
      missing: [part(2, MiB, 2 * MiB)],
    },
    {
      what: 'a gap without a number gives up the part behind it',
      size: 3 * MiB,
      confirmed: [part(1, 0, MiB), part(2, 2 * MiB, MiB)],
      kept: [1],
      missing: [part(2, MiB, MiB), part(3, 2 * MiB, MiB)],
    },
    {
      what: 'a gap of less than 100 KiB gives up the part behind it',
      size: 2 * MiB,
      confirmed: [part(1, 0, MiB - 1000), part(5, MiB, MiB)],
      kept: [1],
      missing: [part(2, MiB - 1000, MiB), part(3, 2 * MiB - 1000, 1000)],
    },
    {
      what: 'a small rest of a gap is joined with the part before it',
      size: 4 * MiB,
      confirmed: [part(1, 0, MiB), part(9, 3 * MiB + 50 * KiB, MiB - 50 * KiB)],
      kept: [1, 9],
      missing: [part(2, MiB, MiB), part(3, 2 * MiB, MiB + 50 * KiB)],
    },
    {
      what: 'a short last part is kept where the source still ends there',
      size: 2 * MiB + 10,
      confirmed: [part(3, 2 * MiB, 10)],
      kept: [3],
      missing: [part(1, 0, MiB), part(2, MiB, MiB)],
    },
    {
      what: 'a short last part is given up where the source has grown',
      size: 3 * MiB,
      confirmed: [part(1, 0, MiB), part(2, MiB, MiB), part(3, 2 * MiB, 10)],
      kept: [1, 2],
      missing: [part(3, 2 * MiB, MiB)],
    },
    {
      what: 'a last part of legal size is kept where the source has grown',
      size: 3 * MiB,
      confirmed: [part(1, 0, MiB), part(2, MiB, min)],
      kept: [1, 2],
      missing: [part(3, MiB + min, MiB), part(4, 2 * MiB + min, MiB - min)],
    },
    {
      what: 'a part beyond the end of a source that shrank is given up',
      size: 2 * MiB - 1,
      confirmed: [part(1, 0, MiB), part(2, MiB, MiB), part(3, 2 * MiB, MiB)],
      kept: [1],
      missing: [part(2, MiB, MiB - 1)],
    },
    {
      what: 'of two that overlap the lower number is kept',
      size: 3 * MiB,
      confirmed: [part(1, 0, 2 * MiB), part(2, MiB, 2 * MiB)],
      kept: [1],
      missing: [part(2, 2 * MiB, MiB)],
    },
    {
      what: 'of numbers in another order than positions one is kept',
      size: 2 * MiB,
      confirmed: [part(2, 0, MiB), part(1, MiB, MiB)],
      kept: [2],
      missing: [part(3, MiB, MiB)],
    },
    {
      what: 'mixed sizes stay as they are',
      size: 10 * MiB,
      confirmed: [part(1, 0, 5 * MiB), part(7, 6 * MiB, 2 * MiB), part(8, 8 * MiB, min)],
      kept: [1, 7, 8],
      missing: [
        part(2, 5 * MiB, MiB),
        part(9, 8 * MiB + min, MiB),
        part(10, 9 * MiB + min, MiB - min),
      ],
    },
    {
      what: 'the last number before the end is given up',
      size: 2 * MiB,
      confirmed: [part(partCountMax, 0, MiB)],
      kept: [],
      missing: [part(1, 0, MiB), part(2, MiB, MiB)],
    },
    {
      what: 'the one part of an empty source is kept',
      size: 0,
      confirmed: [part(1, 0, 0)],
      kept: [1],
      missing: [],
    },
    {
      what: 'nothing is left of a source that became empty',
      size: 0,
      confirmed: [part(1, 0, MiB)],
      kept: [],
      missing: [part(1, 0, 0)],
    },
    {
      what: 'an empty part does not prevent the upload of a source that has grown',
      size: 10,
      confirmed: [part(1, 0, 0)],
      kept: [],
      missing: [part(1, 0, 10)],
    },
  ]

  test.each(cases)('$what', ({ size, confirmed, kept, missing }) => {
    const plan = planParts(size, MiB, confirmed)
    expect(plan.kept.map(({ partNumber }) => partNumber)).toEqual(kept)
    expect(plan.missing).toEqual(missing)
    expect([...plan.kept, ...plan.dropped]).toHaveLength(confirmed.length)
    expectLegal(size, plan)
  })

  test('what is left in one number after the largest parts is given up', () => {
    const size = partSizeMax * 3
    const plan = planParts(size, MiB, [part(partCountMax - 1, 0, partSizeMax)])
    expect(plan.kept).toEqual([])
    expectLegal(size, plan)
  })

  test('even gaps of the largest parts are cut in legal sizes', () => {
    const gap = 2 * partSizeMax - 10
    const size = gap + MiB
    const plan = planParts(size, partSizeMax, [part(9, gap, MiB)])
    expect(plan.kept).toHaveLength(1)
    const shared = planParts(gap + 20 + MiB, partSizeMax, [part(9, gap + 20, MiB)])
    expectLegal(size, plan)
    expectLegal(gap + 20 + MiB, shared)
  })
})

test('any confirmed parts, of any cut of a source that grew or shrank, give a legal plan', () => {
  const random = seeded(20_260_102)
  let keptInAll = 0
  for (let round = 0; round < 3000; round++) {
    const oldSize = between(random, 0, 60 * min)
    const oldCut = planParts(oldSize, between(random, min, 8 * min)).missing
    const renumbered = oldCut.map(old => ({
      ...old,
      partNumber: Math.min(partCountMax, old.partNumber * between(random, 1, 2)),
    }))
    const unique = new Map(renumbered.map(old => [old.partNumber, old]))
    const confirmed = [...unique.values()].filter(() => random.next() < 0.6)
    const isSame = random.next() < 0.4
    const size = isSame ? oldSize : between(random, 0, 90 * min)
    const plan = planParts(size, between(random, min, 8 * min), confirmed)
    expectLegal(size, plan)
    expect([...plan.kept, ...plan.dropped]).toHaveLength(confirmed.length)
    expect(plan.kept.filter(kept => !confirmed.includes(kept))).toEqual([])
    keptInAll += plan.kept.length
  }
  expect(keptInAll).toBeGreaterThan(3000)
})

test('a resumed upload of its own cut keeps every confirmed part and sends the others as they were', () => {
  const random = seeded(7)
  for (let round = 0; round < 500; round++) {
    const size = between(random, 1, 60 * min)
    const partSize = between(random, min, 8 * min)
    const cut = planParts(size, partSize).missing
    const confirmed = cut.filter(() => random.next() < 0.5)
    const plan = planParts(size, partSize, confirmed)
    expect(plan.dropped).toEqual([])
    expect(expectLegal(size, plan)).toEqual(cut)
  }
})
