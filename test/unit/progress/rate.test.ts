import { expect, test } from 'vitest'
import { Rate } from '../../../src/progress/rate.ts'

test('nothing is known before there is a second to judge by', () => {
  const rate = new Rate()
  expect(rate.perSecond(5000)).toBeUndefined()
  rate.add(0, 0)
  rate.add(900, 9000)
  expect(rate.perSecond(900)).toBeUndefined()
  expect(rate.perSecond(1000)).toBeCloseTo(9000, -3)
})

test('a steady flow shows its speed after the first second, at any rhythm of samples', () => {
  for (const step of [10, 100, 250, 333, 1000]) {
    const rate = new Rate()
    for (let now = 0; now <= 20_000; now += step) {
      rate.add(now, now * 1000)
      if (now >= 1000) expect(rate.perSecond(now)).toBeCloseTo(1_000_000, 3)
    }
  }
})

test('recent bytes count most', () => {
  const rate = new Rate()
  for (let now = 0; now <= 60_000; now += 100) rate.add(now, now)
  for (let now = 60_100; now <= 90_000; now += 100) {
    rate.add(now, 60_000 + (now - 60_000) * 5)
    if (now === 65_000) expect(rate.perSecond(now)).toBeCloseTo(5000 - 4000 / Math.E, -1)
  }
  expect(rate.perSecond(90_000)).toBeCloseTo(5000, -2)
})

test('a burst does not drop out at once: the figure falls smoothly', () => {
  const rate = new Rate()
  let total = 0
  let before: number | undefined
  for (let now = 0; now <= 30_000; now += 100) {
    total += now === 10_000 ? 5000 : 100
    rate.add(now, total)
    const speed = rate.perSecond(now)
    if (now > 10_000 && speed !== undefined && before !== undefined) {
      expect(before - speed).toBeLessThan(30)
    }
    before = speed
  }
})

test('while nothing is added it falls, and never below nothing', () => {
  const rate = new Rate()
  rate.add(0, 0)
  rate.add(10_000, 10_000)
  expect(rate.perSecond(15_000)).toBeLessThan(600)
  expect(rate.perSecond(3_600_000)).toBeCloseTo(0)
  rate.add(15_000, 0)
  expect(rate.perSecond(15_000)).toBe(0)
})

test('buffers that fill at once do not count where that is wanted', () => {
  const rate = new Rate(15_000, 2000)
  rate.add(0, 0)
  rate.add(1000, 20_000_000)
  rate.add(2000, 20_001_000)
  expect(rate.perSecond(2900)).toBeUndefined()
  for (let now = 2100; now <= 4000; now += 100) rate.add(now, 20_001_000 + now - 2000)
  expect(rate.perSecond(4000)).toBeCloseTo(1000)
})

test('several samples may come at the same time', () => {
  const rate = new Rate()
  rate.add(0, 0)
  rate.add(0, 500)
  rate.add(2000, 2000)
  expect(rate.perSecond(2000)).toBeCloseTo(1000)
})
