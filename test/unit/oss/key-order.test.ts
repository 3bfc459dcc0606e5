import { expect, test } from 'vitest'
import { compareKeys } from '../../../src/oss/key-order.ts'

const keys = [
  '',
  'a',
  'a-b',
  'a.txt',
  'a/',
  'a/b',
  'aa',
  'ä',
  '￿',
  '😀',
  '😀a',
  '😁',
  '\ue000',
  '日本',
]

test('keys are ordered as the bytes of their UTF-8', () => {
  const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  expect([...keys].sort(compareKeys)).toEqual(byBytes)
  // JavaScript's own order is another one, or there would be nothing to do.
  expect([...keys].sort()).not.toEqual(byBytes)
})

test('a key equals itself alone', () => {
  for (const a of keys) for (const b of keys) expect(compareKeys(a, b) === 0).toBe(a === b)
})
