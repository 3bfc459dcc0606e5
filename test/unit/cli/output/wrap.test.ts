import { expect, test } from 'vitest'
import { wrap } from '../../../../src/cli/output/wrap.ts'

test.each([
  ['fits in here', 12, 'fits in here'],
  ['does not fit', 11, 'does not\nfit'],
  ['one\ntwo three', 8, 'one\ntwo\nthree'],
  ['  a bb cc', 6, '  a bb\n  cc'],
  ['see /a/long/path now', 6, 'see\n/a/long/path\nnow'],
  ['a  b', 3, 'a \nb'],
  ['offer it with `… | ossup upload -` again', 20, 'offer it with\n`… | ossup upload -`\nagain'],
  ['a b`c d e', 5, 'a b`c\nd e'],
  ['\x1b[1mbold word\x1b[0m', 9, '\x1b[1mbold word\x1b[0m'],
  ['', 5, ''],
])('%j at %d', (text, width, wrapped) => {
  expect(wrap(text, width)).toBe(wrapped)
})
