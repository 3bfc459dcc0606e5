import { expect, test } from 'vitest'
import { nearest } from '../../../src/text/nearest.ts'

test.each([
  ['uplaod', 'upload'],
  ['statsu', 'status'],
  ['list', 'ls'],
  ['frobnicate', undefined],
  ['x', undefined],
])('%s is taken for %s', (word, meant) => {
  expect(nearest(word, ['upload', 'status', 'stat', 'ls', 'cat'])).toBe(meant)
})
