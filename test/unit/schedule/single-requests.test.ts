import { expect, test } from 'vitest'
import { Connections } from '../../../src/schedule/connections.ts'
import { type Free, SingleRequests } from '../../../src/schedule/single-requests.ts'

const never = new AbortController().signal

/** SingleRequests on a line of that many connections, and the acquired ones, in order. */
function requestsOf(connections: number) {
  const line = new Connections({ min: connections, start: connections, max: connections })
  const singleRequests = new SingleRequests(line)
  const got: Free[] = []
  const ask = (signal = never) => singleRequests.acquire(signal).then(free => got.push(free))
  return { line, singleRequests, got, ask }
}

const settle = () => new Promise<void>(resolve => setImmediate(resolve))

test('as many at a time as the line allows, those who wait longest first', async () => {
  const { line, got, ask } = requestsOf(2)
  const order: number[] = []
  for (const n of [1, 2, 3, 4]) void ask().then(() => order.push(n))
  await settle()
  expect([got.length, line.active]).toEqual([2, 2])
  got[0]?.()
  await settle()
  expect(order).toEqual([1, 2, 3])
  got[1]?.()
  got[2]?.()
  await settle()
  expect(order).toEqual([1, 2, 3, 4])
  got[3]?.()
  expect(line.active).toBe(0)
})

test('a request that gives up gets none, and does not delay the others', async () => {
  const { line, got, ask } = requestsOf(1)
  const controller = new AbortController()
  void ask()
  const given = ask(controller.signal)
  void ask()
  controller.abort(new Error('enough'))
  await expect(given).rejects.toThrow('enough')
  got[0]?.()
  await settle()
  expect(got).toHaveLength(2)
  got[1]?.()
  expect(line.active).toBe(0)
  await expect(ask(controller.signal)).rejects.toThrow('enough')
})

test('uploads in parts get their share', async () => {
  const { line, got, ask } = requestsOf(4)
  for (let n = 0; n < 10; n++) void ask()
  await settle()
  expect(got).toHaveLength(4)
  const workers = line.enter(() => {})
  line.offer()
  expect(workers.count).toBe(1)
  for (const free of got.splice(0, 3)) free()
  await settle()
  expect([workers.count, line.active]).toEqual([2, 4])
})

test('the first connection has to wait, too, if the others are of the same job', async () => {
  const line = new Connections({ min: 2, start: 2, max: 2 })
  const parts = line.enter(() => {}, true)
  line.offer()
  expect(parts.count).toBe(2)
  const got: Free[] = []
  void new SingleRequests(line).acquire(never).then(free => got.push(free))
  await settle()
  expect([got.length, parts.isOverLimit]).toEqual([0, true])
  parts.ended()
  await settle()
  expect([got.length, line.active]).toEqual([1, 2])
})
