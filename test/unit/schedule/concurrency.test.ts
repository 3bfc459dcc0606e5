import { describe, expect, test } from 'vitest'
import { ConcurrencyTuner } from '../../../src/schedule/concurrency.ts'
import { seeded } from '../support/random.ts'

/** What a line does: bytes a millisecond of one of `n` connections, or a refusal. */
type Behaviour = (n: number, now: number) => number | 'throttled' | 'broken'

/** Runs rounds of attempts, all connections at once, each attempt lasting `ms`; gives all targets. */
function climb(tuner: ConcurrencyTuner, line: Behaviour, rounds: number, start = 0, ms = 1000) {
  const targets = [tuner.target]
  for (let round = 0; round < rounds; round++) {
    const startedAt = start + round * ms
    const active = tuner.target
    for (let worker = 0; worker < active; worker++) {
      const rate = line(active, startedAt)
      const isSent = typeof rate === 'number'
      tuner.attemptEnded(
        {
          startedAt,
          endedAt: startedAt + ms,
          bytes: isSent ? rate * ms : 0,
          outcome: isSent ? 'confirmed' : rate,
        },
        active,
      )
    }
    if (targets.at(-1) !== tuner.target) targets.push(tuner.target)
  }
  return targets
}

/** Each connection has `each`, all together `all`. */
const limited = (each: number, all: number) => (n: number) => Math.min(each, all / n)

describe('where it settles', () => {
  const cases: { what: string; line: Behaviour; from: number; to: number }[] = [
    { what: 'one connection fills the line', line: limited(1000, 1000), from: 2, to: 4 },
    { what: 'three connections fill it', line: limited(400, 1200), from: 3, to: 6 },
    { what: 'ten fill it', line: limited(100, 1000), from: 10, to: 16 },
    { what: 'thirty fill it', line: limited(100, 3000), from: 30, to: 48 },
    { what: 'nothing ever fills it', line: limited(100, 1e9), from: 128, to: 128 },
    {
      what: 'more than twelve break each other',
      line: n => (n > 12 ? 'broken' : 100),
      from: 8,
      to: 12,
    },
    {
      what: 'OSS throttles above twenty',
      line: n => (n > 20 ? 'throttled' : 100),
      from: 14,
      to: 20,
    },
  ]
  test.each(cases)('$what', ({ line, from, to }) => {
    const tuner = new ConcurrencyTuner()
    climb(tuner, line, 100)
    const later = climb(tuner, line, 300, 100_000)
    // It tries others from time to time; most of the time it is where it should be.
    const settled = later.filter(target => target >= from && target <= to)
    expect(settled.length / later.length).toBeGreaterThan(0.4)
    expect(Math.max(...later)).toBeLessThanOrEqual(Math.max(8, Math.ceil(to * 1.5)))
  })

  test('it goes on as long as that pays, in larger steps where it pays in full', () => {
    expect(climb(new ConcurrencyTuner(), limited(100, 1e9), 12)).toEqual([4, 8, 32, 128])
  })

  test('a doubling that does not pay is taken back', () => {
    expect(climb(new ConcurrencyTuner(), limited(1000, 1000), 2)).toEqual([4, 8, 4])
  })
})

describe('a line that changes', () => {
  test('is searched again when each connection becomes slow', () => {
    const tuner = new ConcurrencyTuner()
    climb(tuner, limited(1000, 1000), 60)
    expect(tuner.target).toBeLessThanOrEqual(4)
    climb(tuner, limited(20, 1000), 60, 60_000)
    expect(tuner.target).toBeGreaterThanOrEqual(40)
  })

  test('is searched again when it becomes narrow', () => {
    const tuner = new ConcurrencyTuner()
    climb(tuner, limited(100, 1e9), 30)
    climb(tuner, limited(500, 500), 400, 30_000)
    expect(tuner.target).toBeLessThanOrEqual(16)
  })

  test('is searched at once when bytes stop flowing in the middle of parts', () => {
    const tuner = new ConcurrencyTuner()
    climb(tuner, limited(1000, 1000), 10)
    const before = tuner.target
    tuner.searchAgain(20_000, 100)
    expect(tuner.target).toBe(before * 2)
    expect(tuner.phase).toBe('climbing')
  })
})

describe('giving way', () => {
  test('one refusal is no reason', () => {
    const tuner = new ConcurrencyTuner()
    const attempt = { startedAt: 0, endedAt: 100, bytes: 0 }
    tuner.attemptEnded({ ...attempt, outcome: 'throttled' }, 4)
    expect(tuner.target).toBe(4)
  })

  test('refusals of one moment count once', () => {
    const tuner = new ConcurrencyTuner()
    climb(tuner, limited(100, 1e9), 12)
    for (let n = 0; n < 128; n++) {
      tuner.attemptEnded(
        { startedAt: 20_000, endedAt: 20_100, bytes: 0, outcome: 'throttled' },
        128,
      )
    }
    expect(tuner.target).toBe(102)
  })

  test('a number that was throttled is left alone for longer each time', () => {
    const tuner = new ConcurrencyTuner()
    const line = (n: number) => (n > 20 ? 'throttled' : 100)
    let refused = 0
    climb(tuner, n => (line(n) === 'throttled' ? 'throttled' : 100), 60)
    climb(
      tuner,
      n => {
        if (n > 20) refused++
        return n > 20 ? 'throttled' : 100
      },
      240,
      60_000,
    )
    expect(refused).toBeLessThan(240)
  })
})

test('where connections break each other it tries fewer, however much the rest fluctuates', () => {
  const random = seeded(3)
  const tuner = new ConcurrencyTuner({ min: 2, start: 16, max: 16 })
  const line = (n: number) =>
    n > 12 && random.next() < 0.4 ? 'broken' : 100 * (0.7 + 0.6 * random.next())
  const targets = climb(tuner, line, 100)
  expect(targets[0]).toBe(16)
  expect(tuner.target).toBeLessThanOrEqual(12)
})

test('breaks at any number of connections do not make the number small', () => {
  const random = seeded(11)
  const tuner = new ConcurrencyTuner()
  const line = () => (random.next() < 0.3 ? 'broken' : 100)
  climb(tuner, line, 60)
  const later = climb(tuner, line, 100, 60_000)
  expect(Math.min(...later)).toBeGreaterThanOrEqual(16)
})

test('where suddenly nothing gets through any more, half as many are left at once', () => {
  const tuner = new ConcurrencyTuner()
  climb(tuner, limited(100, 1e9), 12)
  expect(tuner.target).toBe(128)
  climb(tuner, n => (n > 80 ? 'broken' : 100), 1, 20_000)
  expect(tuner.target).toBe(64)
})

test('on a climb that pays in full, a quarter of the connections will do to tell', () => {
  const tuner = new ConcurrencyTuner()
  climb(tuner, limited(100, 1e9), 2)
  expect(tuner.target).toBe(32)
  for (let n = 0; n < 8; n++) {
    expect(tuner.target).toBe(32)
    const attempt = { startedAt: 2000, endedAt: 3000, bytes: 100_000 }
    tuner.attemptEnded({ ...attempt, outcome: 'confirmed' }, 32)
  }
  expect(tuner.target).toBe(128)
})

test('on a line that fluctuates it stays within a factor of three', () => {
  const random = seeded(5)
  const tuner = new ConcurrencyTuner()
  const line = (n: number) => Math.min(100, 1600 / n) * (0.7 + 0.6 * random.next())
  climb(tuner, line, 100)
  const targets = climb(tuner, line, 500, 100_000)
  expect(Math.min(...targets)).toBeGreaterThanOrEqual(10)
  expect(Math.max(...targets)).toBeLessThanOrEqual(32)
})

test('a number that is given stays as it is', () => {
  const tuner = new ConcurrencyTuner({ min: 5, start: 5, max: 5 })
  expect(climb(tuner, limited(100, 1e9), 20)).toEqual([5])
})

test('attempts that ran beside fewer connections than wanted say nothing', () => {
  const tuner = new ConcurrencyTuner()
  for (let round = 0; round < 20; round++) {
    const startedAt = round * 1000
    tuner.attemptEnded(
      { startedAt, endedAt: startedAt + 1000, bytes: 1e6, outcome: 'confirmed' },
      1,
    )
  }
  expect(tuner.target).toBe(4)
})
