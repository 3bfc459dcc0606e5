import { expect, test } from 'vitest'
import { BreakCauses } from '../../../src/schedule/break-causes.ts'
import { seeded } from '../support/random.ts'

const MB = 1_000_000

/** Parts of these sizes in turn, of which each breaks as `chance` says. */
function after(attempts: number, sizes: readonly number[], chance: (bytes: number) => number) {
  const random = seeded(7)
  const causes = new BreakCauses()
  for (let n = 0; n < attempts; n++) {
    const bytes = sizes[n % sizes.length] ?? 0
    causes.observe(bytes, random.next() < chance(bytes))
  }
  return causes.shareOfBytes
}

test('before anything broke it would be the bytes', () => {
  expect(new BreakCauses().shareOfBytes).toBe(1)
  expect(after(50, [MB], () => 0)).toBe(1)
})

test('large parts break, small ones hold: the bytes', () => {
  expect(after(60, [MB / 4, MB, 8 * MB], bytes => bytes / (12 * MB))).toBeGreaterThan(0.8)
})

test('large and small ones break alike: not the bytes', () => {
  const causes = new BreakCauses()
  let sum = 0
  for (let n = 0; n < 60; n++) {
    causes.observe([MB / 4, MB, 8 * MB][n % 3] ?? 0, n % 4 === 0)
    if (n >= 48) sum += causes.shareOfBytes
  }
  expect(sum / 12).toBeLessThan(0.3)
})

test('parts of one size do not tell', () => {
  const share = after(60, [MB], () => 0.3)
  expect(share).toBeGreaterThan(0.4)
  expect(share).toBeLessThan(0.6)
})

test('if nearly all parts break at any size, smaller ones are worth a try', () => {
  expect(after(60, [MB / 4, 8 * MB], () => 0.95)).toBe(1)
})

test('what was long ago does not count', () => {
  const causes = new BreakCauses()
  for (let n = 0; n < 50; n++) causes.observe(n % 2 === 0 ? MB / 8 : 16 * MB, n % 2 === 1)
  const before = causes.shareOfBytes
  for (let n = 0; n < 200; n++) causes.observe(n % 2 === 0 ? MB / 8 : 16 * MB, n % 6 < 2)
  expect(before).toBeGreaterThan(0.9)
  expect(causes.shareOfBytes).toBeLessThan(0.5)
})
