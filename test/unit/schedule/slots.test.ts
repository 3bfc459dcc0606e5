import { expect, test } from 'vitest'
import { Line } from '../../../src/schedule/line.ts'
import { type Free, Slots } from '../../../src/schedule/slots.ts'

const never = new AbortController().signal

/** Slots on a line of that many connections, and the acquired ones, in order. */
function slotsOf(connections: number) {
  const line = new Line({ min: connections, start: connections, max: connections })
  const slots = new Slots(line)
  const got: Free[] = []
  const ask = (signal = never) => slots.acquire(signal).then(free => got.push(free))
  return { line, slots, got, ask }
}

const settle = () => new Promise<void>(resolve => setImmediate(resolve))

test('as many at a time as the line allows, those who wait longest first', async () => {
  const { line, got, ask } = slotsOf(2)
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
  const { line, got, ask } = slotsOf(1)
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
  const { line, got, ask } = slotsOf(4)
  for (let n = 0; n < 10; n++) void ask()
  await settle()
  expect(got).toHaveLength(4)
  const crew = line.enter(() => {})
  line.offer()
  expect(crew.workers).toBe(1)
  for (const free of got.splice(0, 3)) free()
  await settle()
  expect([crew.workers, line.active]).toEqual([2, 4])
})

test('the first connection has to wait, too, if the others are of the same job', async () => {
  const line = new Line({ min: 2, start: 2, max: 2 })
  const parts = line.enter(() => {}, true)
  line.offer()
  expect(parts.workers).toBe(2)
  const got: Free[] = []
  void new Slots(line).acquire(never).then(free => got.push(free))
  await settle()
  expect([got.length, parts.isOverstaffed]).toEqual([0, true])
  parts.ended()
  await settle()
  expect([got.length, line.active]).toEqual([1, 2])
})
