import { expect, test } from 'vitest'
import { Listing } from '../../../src/batch/listing.ts'
import { compareKeys } from '../../../src/oss/key-order.ts'
import { between, seeded } from '../support/random.ts'

/** A bucket that lists `pageSize` keys at once, and counts. */
function bucketOf(keys: readonly string[], pageSize: number) {
  const sorted = [...keys].sort(compareKeys)
  const asked: (string | undefined)[] = []
  const listing = new Listing(async startAfter => {
    asked.push(startAfter)
    const rest = sorted.filter(key => startAfter === undefined || compareKeys(key, startAfter) > 0)
    const objects = rest
      .slice(0, pageSize)
      .map(key => ({ key, size: key.length, etag: key, lastModified: 0 }))
    return { objects, isTruncated: rest.length > pageSize }
  })
  return { listing, asked }
}

const numbered = (prefix: string, from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, index) => `${prefix}${String(from + index).padStart(6, '0')}`,
  )

test('existing objects are found, missing ones are not', async () => {
  const random = seeded(3)
  for (let round = 0; round < 50; round++) {
    const names = ['a', 'b/', '😀', '￿', 'é']
    const name = () =>
      Array.from({ length: between(random, 1, 4) }, () => names[between(random, 0, 4)]).join('')
    const there = new Set(Array.from({ length: 40 }, name))
    const wanted = [...new Set(Array.from({ length: 40 }, name))].sort(compareKeys)
    const { listing, asked } = bucketOf([...there], between(random, 1, 12))
    for (const key of wanted) {
      expect([key, (await listing.find(key))?.key]).toEqual([key, there.has(key) ? key : undefined])
    }
    expect(asked.length).toBeLessThanOrEqual(wanted.length + there.size)
  }
})

test('a page answers for as many files as it has objects', async () => {
  const keys = numbered('x/', 0, 5000)
  const { listing, asked } = bucketOf(keys, 1000)
  for (const key of keys) expect((await listing.find(key))?.key).toBe(key)
  expect(asked).toHaveLength(5)
})

test('an empty prefix is one request for any number of files', async () => {
  const { listing, asked } = bucketOf([], 1000)
  for (const key of numbered('x/', 0, 5000)) expect(await listing.find(key)).toBeUndefined()
  expect(asked).toHaveLength(1)
})

test('a million objects in between are not listed for two files', async () => {
  const { listing, asked } = bucketOf(['a', ...numbered('m/', 0, 2_000), 'z'], 10)
  expect((await listing.find('a'))?.key).toBe('a')
  expect((await listing.find('z'))?.key).toBe('z')
  expect(asked.length).toBeLessThanOrEqual(3)
})
