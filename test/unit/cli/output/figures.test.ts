import { expect, test } from 'vitest'
import * as figures from '../../../../src/cli/output/figures.ts'

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [1024, '1 KiB'],
  [1025, '1 KiB'],
  [1_048_575, '1023.9 KiB'],
  [1_048_576, '1 MiB'],
  [223_752_397, '213.3 MiB'],
  [5 * 1024 ** 4, '5 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(figures.formatBytes(bytes)).toBe(text)
})

test.each([
  [373, '373 bytes'],
  [1025, '1,025 bytes (1 KiB)'],
])('%d bytes are exactly %s', (bytes, text) => {
  expect(figures.formatExactly(bytes)).toBe(text)
})

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [276_000_000, '3 days 4 h'],
])('%d ms are %s', (ms, text) => {
  expect(figures.formatDuration(ms)).toBe(text)
})

test.each([
  [0, 10, 0],
  [999, 1000, 99],
  [1000, 1000, 100],
  [0, 0, 100],
])('%d of %d is %d %%', (bytes, total, percent) => {
  expect(figures.percentOf(bytes, total)).toBe(percent)
})

test('a share names its unit once where both have it', () => {
  expect(figures.formatShare(3 * 1024 ** 2, 10 * 1024 ** 2)).toBe('3 of 10 MiB')
  expect(figures.formatShare(3 * 1024, 10 * 1024 ** 2)).toBe('3 KiB of 10 MiB')
})
