import { expect, test } from 'vitest'
import { closestMatch } from '../../../src/text/closest-match.ts'

test.each([
  ['uplaod', 'upload'],
  ['statsu', 'status'],
  ['list', 'ls'],
  ['frobnicate', undefined],
  ['x', undefined],
])('%s is taken for %s', (word, meant) => {
  expect(closestMatch(word, ['upload', 'status', 'stat', 'ls', 'cat'])).toBe(meant)
})
