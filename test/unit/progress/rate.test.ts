import { expect, test } from 'vitest'
import { Rate } from '../../../src/progress/rate.ts'

test('nothing is known before there is a second to judge by', () => {
  const rate = new Rate()
  expect(rate.perSecond(5000)).toBeUndefined()
  rate.add(0, 0)
  rate.add(900, 9000)
  expect(rate.perSecond(900)).toBeUndefined()
  expect(rate.perSecond(1000)).toBe(9000)
})

test('a steady flow has its speed, whatever the rhythm of the samples', () => {
  for (const step of [10, 100, 250, 333, 2000]) {
    const rate = new Rate()
    for (let now = 0; now <= 20_000; now += step) rate.add(now, now * 1000)
    const last = Math.floor(20_000 / step) * step
    expect(rate.perSecond(last)).toBeCloseTo(1_000_000, -5)
  }
})

test('only the last seconds count', () => {
  const rate = new Rate()
  for (let now = 0; now <= 60_000; now += 100) rate.add(now, now)
  for (let now = 60_100; now <= 70_000; now += 100) rate.add(now, 60_000 + (now - 60_000) * 5)
  expect(rate.perSecond(70_000)).toBeCloseTo(5000, 0)
})
