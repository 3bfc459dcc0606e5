import { expect, test } from 'vitest'
import { bothWatches } from '../../../src/observe/watch.ts'
import type { Watch } from '../../../src/ports.ts'

function noting(name: string, seen: string[], wanted = true): Watch<string> {
  return {
    isWanted: () => wanted,
    async around(report, work) {
      seen.push(`${name} begins ${report}`)
      try {
        return await work()
      } finally {
        seen.push(`${name} ends`)
      }
    },
  }
}

test('one alone is itself, none is none', () => {
  const watch = noting('a', [])
  expect(bothWatches(watch, undefined)).toBe(watch)
  expect(bothWatches(undefined, watch)).toBe(watch)
  expect(bothWatches(undefined, undefined)).toBeUndefined()
})

test('the first is outside the second', async () => {
  const seen: string[] = []
  const both = bothWatches(noting('a', seen), noting('b', seen))
  expect(await both?.around('it', async () => 1)).toBe(1)
  expect(seen).toEqual(['a begins it', 'b begins it', 'b ends', 'a ends'])
})

test.each([
  [true, false, ['a begins it', 'a ends']],
  [false, true, ['b begins it', 'b ends']],
])('who does not want to know is left out: %s, %s', async (first, second, expected) => {
  const seen: string[] = []
  const both = bothWatches(noting('a', seen, first), noting('b', seen, second))
  expect(both?.isWanted()).toBe(true)
  await both?.around('it', async () => {})
  expect(seen).toEqual(expected)
})

test('nobody wants to know: nothing is wanted', () => {
  expect(bothWatches(noting('a', [], false), noting('b', [], false))?.isWanted()).toBe(false)
})
