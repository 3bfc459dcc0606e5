import { expect, test } from 'vitest'
import { isText } from '../../../../src/cli/commands/cat.ts'

test.each([
  ['text/plain; charset=utf-8', true],
  ['application/json', true],
  ['application/problem+json', true],
  ['application/jsonish', false],
  ['application/octet-stream', false],
  [undefined, false],
])('%s may be shown on a terminal: %s', (contentType, shown) => {
  expect(isText(contentType)).toBe(shown)
})
