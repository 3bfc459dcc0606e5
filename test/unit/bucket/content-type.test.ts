import { expect, test } from 'vitest'
import { contentTypeGuess } from '../../../src/bucket/content-type.ts'

test.each([
  [['dir/photo.JPG', '/tmp/x.txt'], 'image/jpeg'],
  [['dir/key', '/tmp/x.txt'], 'text/plain'],
  [['a.unknown-extension', 'b.html'], 'text/html'],
  [['dir.txt/key'], 'application/octet-stream'],
  [['key.', ''], 'application/octet-stream'],
  [[], 'application/octet-stream'],
])('%j is %s', async (names, type) => {
  expect(await contentTypeGuess()(...names)).toBe(type)
})
