import { getEventListeners } from 'node:events'
import { expect, test, vi } from 'vitest'
import { AbortWatch } from '../../../src/async/abort-watch.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

test('there is one listener for all, and none after the last has left', () => {
  const { signal } = new AbortController()
  const watch = new AbortWatch()
  const leave = Array.from({ length: 3 }, () => watch.watch(signal, () => {}))
  expect(listeners(signal)).toBe(1)
  leave[0]!()
  leave[1]!()
  expect(listeners(signal)).toBe(1)
  leave[2]!()
  expect(listeners(signal)).toBe(0)
})

test('an abort calls each of those that did not leave, once', () => {
  const controller = new AbortController()
  const watch = new AbortWatch()
  const calls = [vi.fn(), vi.fn(), vi.fn()]
  const leave = calls.map(call => watch.watch(controller.signal, call))
  leave[1]!()
  controller.abort()
  for (const one of leave) one()
  expect(calls.map(call => call.mock.calls.length)).toEqual([1, 0, 1])
  expect(listeners(controller.signal)).toBe(0)
})

test('who left before does not take the listener of who came later', () => {
  const { signal } = new AbortController()
  const watch = new AbortWatch()
  const leave = watch.watch(signal, () => {})
  leave()
  watch.watch(signal, () => {})
  leave()
  expect(listeners(signal)).toBe(1)
})
