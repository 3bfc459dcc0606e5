import { expect, test } from 'vitest'
import type { Found } from '../../../src/batch/found.ts'
import { mergeFound } from '../../../src/batch/merge-found.ts'
import { SourceError } from '../../../src/errors.ts'

const file = (key: string, id = `/${key}`): Found => ({
  kind: 'file',
  path: id,
  key,
  id,
  identity: { size: 1 },
  open: () => Promise.reject(new Error('not here')),
})

async function* walkOf(...found: Found[]) {
  yield* found
}

async function merged(...walks: AsyncIterable<Found>[]): Promise<string[]> {
  const seen: string[] = []
  for await (const found of mergeFound(walks)) {
    seen.push(found.kind === 'fault' ? `${found.path}: ${found.error.code}` : found.key)
  }
  return seen
}

test('walks become one, in the order of the keys', async () => {
  const walks = [walkOf(file('a'), file('c'), file('😀')), walkOf(file('b'), file('￿')), walkOf()]
  expect(await merged(...walks)).toEqual(['a', 'b', 'c', '￿', '😀'])
})

test('a file that was come by twice is one', async () => {
  expect(await merged(walkOf(file('a')), walkOf(file('a'), file('b')))).toEqual(['a', 'b'])
})

test('two files cannot become one object, nor three', async () => {
  const walks = [walkOf(file('a', '/x/a')), walkOf(file('a', '/y/a')), walkOf(file('a', '/z/a'))]
  expect(await merged(...walks)).toEqual(['a', '/y/a: KEY_TWICE', '/z/a: KEY_TWICE'])
})

test('what has no key holds nothing up', async () => {
  const error = new SourceError('NAME_NOT_UNICODE', 'no')
  const fault: Found = { kind: 'fault', path: 'p', key: '￿￿', error }
  const walks = [walkOf(fault, file('a')), walkOf(file('a', '/other'), file('b'))]
  expect(await merged(...walks)).toEqual(['p: NAME_NOT_UNICODE', 'a', '/other: KEY_TWICE', 'b'])
})

test('walks are closed when the reader stops', async () => {
  let closed = 0
  const endless = async function* () {
    try {
      for (let n = 0; ; n++) yield file(`k${n}`)
    } finally {
      closed++
    }
  }
  for await (const _ of mergeFound([endless(), endless()])) break
  expect(closed).toBe(2)
})
