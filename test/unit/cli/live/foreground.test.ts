import { expect, test } from 'vitest'
import { isForegroundStat, isForegroundState } from '../../../../src/cli/live/foreground.ts'

test.each([
  ['42 (node) S 1 42 40 34816 42 4194304 1', true],
  ['42 (node) S 1 42 40 34816 40 4194304 1', false],
  ['42 (a) b (c) S 1 42 40 34816 40 0', false],
  ['42 (a) b (c) S 1 42 40 34816 42 0', true],
  // Without a controlling terminal there is no foreground.
  ['42 (node) S 1 42 42 0 -1 4194304 1', true],
])('%s', (stat, expected) => {
  expect(isForegroundStat(stat)).toBe(expected)
})

test.each([
  ['S+\n', true],
  ['S\n', false],
  ['Ss+', true],
  ['T', false],
  // The process is not shown.
  ['', true],
])('ps says %j', (state, expected) => {
  expect(isForegroundState(state)).toBe(expected)
})
