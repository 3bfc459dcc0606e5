import { expect, test } from 'vitest'
import { parseSize } from '../../../../src/cli/args/sizes.ts'

test.each([
  ['0', 0],
  ['10485760', 10_485_760],
  ['100KiB', 102_400],
  ['10MiB', 10_485_760],
  ['10 MiB', 10_485_760],
  ['1GiB', 1_073_741_824],
  ['1.5GiB', 1_610_612_736],
  ['8m', 8_388_608],
  ['8MB', 8_000_000],
  ['2tib', 2_199_023_255_552],
  ['512b', 512],
])('%s is %d bytes', (given, bytes) => {
  expect(parseSize(given, '--part-size')).toBe(bytes)
})

test.each([
  '',
  'MiB',
  '-1',
  '1e6',
  '10 MiBs',
  '0.5',
  '1.0000001KiB',
  '10PiB',
  '99999999TiB',
  '0x10',
  '1,5MiB',
])('%j is refused by name', given => {
  expect(() => parseSize(given, '--part-size')).toThrow(`--part-size is '${given}'`)
})
