import { expect, test } from 'vitest'
import { backoffMs } from '../../../src/schedule/backoff.ts'

test.each([
  { attempt: 1, most: 400 },
  { attempt: 2, most: 800 },
  { attempt: 6, most: 12_800 },
  { attempt: 7, most: 20_000 },
  { attempt: 8, most: 20_000 },
  { attempt: 5000, most: 20_000 },
])('after attempt $attempt: from 0 to $most ms', ({ attempt, most }) => {
  expect(backoffMs(attempt, 0)).toBe(0)
  expect(backoffMs(attempt, 0.5)).toBe(most / 2)
  expect(backoffMs(attempt, 1 - Number.EPSILON)).toBe(most)
})

test('never less than what OSS asks for', () => {
  expect(backoffMs(1, 0, 90_000)).toBe(90_000)
  expect(backoffMs(1, 1 - Number.EPSILON, 90_000)).toBe(112_500)
  expect(backoffMs(7, 0.5, 800)).toBe(900)
  expect(backoffMs(1, 0, 86_400_000)).toBe(300_000)
})
