import { describe, expect, test } from 'vitest'
import { Connections, type Workers } from '../../../src/schedule/connections.ts'

/** A workers with that many parts. Each of its workers works until the test ends its part. */
function workersOf(line: Connections, parts: number) {
  let left = parts
  const start = () => {
    if (left > 0) left--
    else {
      workers.noWork()
      workers.ended()
    }
  }
  const workers: Workers = line.enter(start)
  const endPart = () => {
    if (left === 0 || workers.isOverLimit) {
      if (left === 0) workers.noWork()
      workers.ended()
    } else left--
  }
  return { workers, endPart }
}

const four = { min: 4, start: 4, max: 4 }

describe('one budget', () => {
  test('one workers has it all', () => {
    const line = new Connections(four)
    const { workers } = workersOf(line, 100)
    line.offer()
    expect(workers.count).toBe(4)
  })

  test('a second workers begins with one connection and gets its half as parts end', () => {
    const line = new Connections(four)
    const first = workersOf(line, 100)
    line.offer()
    const second = workersOf(line, 100)
    line.offer()
    expect([first.workers.count, second.workers.count]).toEqual([4, 1])
    for (let round = 0; round < 4; round++) first.endPart()
    expect([first.workers.count, second.workers.count]).toEqual([2, 2])
  })

  test('ten groups have one connection each, with any budget', () => {
    const line = new Connections(four)
    const groups = Array.from({ length: 10 }, () => workersOf(line, 100))
    line.offer()
    expect(line.active).toBe(10)
    for (let round = 0; round < 10; round++) for (const { endPart } of groups) endPart()
    expect(groups.map(({ workers }) => workers.count)).toEqual(groups.map(() => 1))
  })

  test('what one workers has no use for the others get', () => {
    const line = new Connections(four)
    const first = workersOf(line, 1)
    const second = workersOf(line, 100)
    line.offer()
    first.endPart()
    first.workers.leave()
    expect(second.workers.count).toBe(4)
  })
})

describe('the estimate', () => {
  const attempt = (startedAt: number, bytes: number) => ({
    startedAt,
    endedAt: startedAt + 1000,
    bytes,
    outcome: bytes > 0 ? ('confirmed' as const) : ('broken' as const),
  })

  test('knows nothing before the first part', () => {
    expect(new Connections().estimate).toEqual({
      rate: undefined,
      largest: 0,
      bytesPerBreak: Number.POSITIVE_INFINITY,
      shortestMs: Number.POSITIVE_INFINITY,
    })
  })

  test('a pause before an attempt does not make the connection slow', () => {
    const line = new Connections()
    line.attemptEnded(attempt(0, 500_000), { size: 500_000, sent: 500_000, pausedMs: 500 })
    expect(line.estimate.rate).toBe(1000)
  })

  test('an empty part says nothing about the speed', () => {
    const connections = new Connections()
    connections.attemptEnded(attempt(0, 0), { size: 0, sent: 0, pausedMs: 0 })
    expect(connections.estimate.rate).toBeUndefined()
  })

  test('a line that turns bad after a good hour is soon known, and one that turns good as well', () => {
    const line = new Connections()
    line.attemptEnded(attempt(0, 1e11), { size: 1e11, sent: 1e11, pausedMs: 0 })
    for (let n = 0; n < 20; n++) {
      line.attemptEnded(attempt(n * 1000, 0), { size: 2e6, sent: 1e6, pausedMs: 0 })
    }
    expect(line.estimate.bytesPerBreak).toBeLessThan(2e6)
    line.attemptEnded(attempt(30_000, 1e9), { size: 1e9, sent: 1e9, pausedMs: 0 })
    expect(line.estimate.bytesPerBreak).toBe(1e9)
  })
})
