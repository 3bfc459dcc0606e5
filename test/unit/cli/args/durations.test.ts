import { expect, test } from 'vitest'
import { parseDuration } from '../../../../src/cli/args/durations.ts'

test.each([
  ['7d', 604_800_000],
  ['12h', 43_200_000],
  ['30m', 1_800_000],
  ['90s', 90_000],
  ['2w', 1_209_600_000],
  ['0m', 0],
  ['1 d', 86_400_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text, '--older-than')).toBe(ms)
})

test.each(['', '7', 'd', '7D', '-1d', '1.5d', '7days', '1d12h', '99999999999999d'])(
  '%j is refused',
  text => {
    expect(() => parseDuration(text, '--older-than')).toThrow(`--older-than is '${text}'`)
  },
)
