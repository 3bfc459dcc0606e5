import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { journalName } from '../../../src/journal/name.ts'

test('40 hex digits of the SHA-256 of place, key and source, joined by line feeds', () => {
  const place = 'oss://cn-hangzhou/examplebucket'
  const expected = createHash('sha256').update(`${place}\nключ\n/tmp/a b`).digest('hex')
  expect(journalName(place, 'ключ', '/tmp/a b')).toBe(expected.slice(0, 40))
})
