import { expect, test } from 'vitest'
import { partSizeMax, partSizeMin } from '../../../src/limits.ts'
import { autoPartSize, firstPartSize } from '../../../src/plan/auto-part-size.ts'

const KiB = 1024
const MiB = 1024 ** 2
const GiB = 1024 ** 3
const line = {
  rate: 1000,
  largest: GiB,
  bytesPerBreak: Number.POSITIVE_INFINITY,
  shortestMs: 1,
}
const rest = { uncut: 100 * GiB, connections: 4, aimMs: 10_000 }

const cases = [
  {
    what: 'nothing is known',
    line: { ...line, rate: undefined },
    rest,
    from: firstPartSize,
    to: firstPartSize,
  },
  { what: '1 MB/s for ten seconds', line, rest, from: 8 * MiB, to: 10_000_000 },
  {
    what: '1 MB/s for one second',
    line,
    rest: { ...rest, aimMs: 1000 },
    from: 800_000,
    to: 1_000_000,
  },
  {
    what: 'a first measurement is not trusted far',
    line: { ...line, largest: 256 * KiB },
    rest,
    from: 900 * KiB,
    to: MiB,
  },
  { what: 'a slow line', line: { ...line, rate: 1 }, rest, from: partSizeMin, to: partSizeMin },
  {
    what: 'a very fast one',
    line: { ...line, rate: 1e9, largest: 1e15 },
    rest: { ...rest, uncut: 1e15 },
    from: partSizeMax,
    to: partSizeMax,
  },
  {
    what: 'a break every 4 MB',
    line: { ...line, bytesPerBreak: 4e6 },
    rest,
    from: 600_000,
    to: 1_000_000,
  },
  {
    what: 'a break every 100 kB',
    line: { ...line, bytesPerBreak: 1e5 },
    rest,
    from: partSizeMin,
    to: 150_000,
  },
  {
    what: 'towards the end all have something to do',
    line: { ...line, rate: 1e5 },
    rest: { ...rest, uncut: 32 * MiB },
    from: 3.5 * MiB,
    to: 4 * MiB,
  },
  {
    what: 'but no part is silly',
    line: { ...line, rate: 1e5 },
    rest: { ...rest, uncut: MiB },
    from: MiB,
    to: MiB,
  },
  {
    what: 'nor so small that waiting for answers takes longer than sending',
    line: { ...line, rate: 1e5, shortestMs: 60 },
    rest: { ...rest, uncut: 8 * MiB },
    from: 5 * MiB,
    to: 6_000_000,
  },
  {
    what: 'where answers take long since connections are slow, that is no measure',
    line: { ...line, shortestMs: 5000 },
    rest: { ...rest, uncut: 4 * MiB },
    from: 400_000,
    to: 512 * KiB,
  },
]

test.each(cases)('$what', ({ line, rest, from, to }) => {
  const size = autoPartSize(line, rest)
  expect(size).toBeGreaterThanOrEqual(from)
  expect(size).toBeLessThanOrEqual(to)
})
