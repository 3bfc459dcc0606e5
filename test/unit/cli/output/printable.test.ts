import { expect, test } from 'vitest'
import { printable, printableLine } from '../../../../src/cli/output/printable.ts'

test.each([
  ['plain äöü 日本 😀', 'plain äöü 日本 😀'],
  ['a\x1b[2Jb', 'a\\x1b[2Jb'],
  ['tab\there', 'tab\\x09here'],
  ['\x7f\x9b', '\\x7f\\x9b'],
  // What changes the direction of writing makes `exe.gpj` of `jpg.exe`.
  ['photo\u202egpj.exe', 'photo\\u202egpj.exe'],
  ['\u2066a\u2069', '\\u2066a\\u2069'],
  ['\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
  // Nothing of these is seen.
  ['a\ufeffb\u200bc', 'a\\ufeffb\\u200bc'],
  ['a\u2028b', 'a\\u2028b'],
  // Families and flags are joined by a character that is not seen either, and mean something.
  ['👨‍👩‍👧', '👨‍👩‍👧'],
])('%j', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('a line break stays one, but not in a name', () => {
  expect(printable('a\nb')).toBe('a\nb')
  expect(printableLine('a\nb')).toBe('a\\x0ab')
})
