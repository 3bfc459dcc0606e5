import { expect, test } from 'vitest'
import { Emitter, percentOf } from '../../../src/progress/emitter.ts'
import { fixedClock } from '../oss/scripted-transport.ts'

function emitter() {
  const clock = fixedClock(1000)
  let count = 0
  return { clock, emitter: new Emitter<number, string>(clock, () => ++count) }
}

test('snapshots come at most every 100 ms, but for those that always come', () => {
  const { clock, emitter: one } = emitter()
  const seen: number[] = []
  one.subscribe({ onProgress: snapshot => seen.push(snapshot) })
  one.changed()
  clock.at += 99
  one.changed()
  one.changed(true)
  clock.at += 100
  one.changed()
  expect(seen).toEqual([1, 2, 3])
})

test('without a listener for snapshots none is taken', () => {
  const { emitter: one } = emitter()
  const leave = one.subscribe({ onProgress: () => {} })
  leave()
  one.subscribe({ onEvent: () => {} })
  one.changed(true)
  const seen: number[] = []
  one.subscribe({ onProgress: snapshot => seen.push(snapshot) })
  one.changed(true)
  expect(seen).toEqual([1])
})

test('a listener that fails harms no other, and nothing comes after the end', async () => {
  const { emitter: one } = emitter()
  const seen: unknown[] = []
  const fail = () => {
    throw new Error('of the listener')
  }
  one.subscribe({ onProgress: fail, onEvent: fail })
  one.subscribe({ onProgress: () => Promise.reject(new Error('later')) })
  one.subscribe({ onProgress: s => seen.push(s), onEvent: e => seen.push(e) })
  one.changed(true)
  one.event('a')
  one.close()
  one.changed(true)
  one.event('b')
  await new Promise(resolve => setImmediate(resolve))
  expect(seen).toEqual([1, 'a'])
})

test.each([
  [0, undefined, undefined],
  [0, 0, 0],
  [0, 10, 0],
  [10, 10, 100],
  [11, 10, 100],
  [1, 3, 33.3],
  // Never 100 before the end.
  [999_999, 1_000_000, 99.9],
])('%d of %s are %s percent', (done, total, percent) => {
  expect(percentOf(done, total)).toBe(percent)
})
