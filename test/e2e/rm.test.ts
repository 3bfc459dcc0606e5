// rm deletes the objects that are named, and none by a slip of the fingers.

import { beforeEach, expect, test } from 'vitest'
import { jsonLines, ossup } from './command.ts'
import { localOss } from './local-oss.ts'

const { env, bucket, oss } = await localOss()
const keys = ['photos-2024/a', 'photos/', 'photos/a', 'photos/deep/line\nbreak', 'photos/deep/z']
const rm = (...args: string[]) => ossup(['rm', ...args], env)
const left = async () => (await bucket.listObjects()).objects.map(({ key }) => key)

beforeEach(async () => {
  await bucket.deleteObject({ key: 'photos/cold' })
  for (const key of keys) await bucket.putObject({ key, body: new Uint8Array(1) })
})

test('all below a prefix, first as a dry run', async () => {
  const dry = await rm('-r', 'oss://examplebucket/photos/', '--dry-run')
  expect(dry).toMatchObject({ code: 0, stderr: '' })
  expect(dry.stdout.toString().split('\n')).toContain(
    'would delete oss://examplebucket/photos/deep/line\\x0abreak',
  )
  expect(dry.stdout.toString()).toMatch(/\n4 objects to delete\n$/)
  expect(await left()).toEqual(keys)
  const lines = jsonLines(await rm('-r', 'oss://examplebucket/photos/', '--json'))
  expect(lines.at(-1)).toMatchObject({ type: 'result', prefix: 'photos/', deleted: 4, failed: 0 })
  expect(
    lines
      .slice(0, -1)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(keys.slice(1))
  expect(await left()).toEqual(['photos-2024/a'])
})

test('more objects than one page lists', async () => {
  const many = Array.from({ length: 1002 }, (_, index) => `many/${String(index).padStart(4, '0')}`)
  await Promise.all(many.map(key => bucket.putObject({ key, body: new Uint8Array(0) })))
  const outcome = await rm('-r', 'oss://examplebucket/many/', '--json')
  expect(jsonLines(outcome).at(-1)).toMatchObject({ deleted: 1002 })
  expect(await left()).toEqual(keys)
})

test.each([
  ['oss://examplebucket', /is the whole bucket/],
  ['oss://examplebucket/', /is the whole bucket/],
  ['oss://examplebucket/photos', /does not end in \//],
])('%s is refused without --force', async (address, message) => {
  const outcome = await rm('-r', address)
  expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  expect(await left()).toEqual(keys)
})

test('with --force a whole bucket', async () => {
  expect(await rm('-r', '--force', 'oss://examplebucket')).toMatchObject({ code: 0 })
  expect(await left()).toEqual([])
})

test('one object, and as a dry run none', async () => {
  const dry = await rm('oss://examplebucket/photos/a', '--dry-run')
  expect(dry.stdout.toString()).toBe('would delete oss://examplebucket/photos/a\n')
  expect(await left()).toEqual(keys)
  await rm('oss://examplebucket/photos/a')
  expect(await left()).not.toContain('photos/a')
})

test('without -r a key that ends in / is one object, and what lies below it is said to stay', async () => {
  const outcome = await rm('oss://examplebucket/photos/')
  expect(outcome.stderr).toBe(
    'This is only the object with that exact key. For all objects below: ossup rm -r oss://examplebucket/photos/\n',
  )
  expect(await left()).toEqual(keys.filter(key => key !== 'photos/'))
})

test('what does not exist is not deleted, and the prefix of that name is named', async () => {
  const outcome = await rm('oss://examplebucket/photos-2024')
  expect(outcome).toMatchObject({
    code: 8,
    stderr: expect.stringMatching(
      /There is no object oss:\/\/examplebucket\/photos-2024.*1 object is below oss:\/\/examplebucket\/photos-2024\/: ossup rm -r/s,
    ),
  })
  expect(outcome.stdout.toString()).toBe('')
  const json = await rm('oss://examplebucket/photos/deep', '--json')
  expect(jsonLines(json).at(-1)).toMatchObject({ type: 'error', code: 'NoSuchKey', exitCode: 8 })
  const nothing = await rm('oss://examplebucket/nonsense', '--dry-run')
  expect(nothing).toMatchObject({ code: 8, stderr: expect.stringContaining('Check the key') })
  const forced = await rm('-f', 'oss://examplebucket/nonsense')
  expect(forced.stdout.toString()).toBe('oss://examplebucket/nonsense does not exist\n')
  expect(forced.code).toBe(0)
  expect(await left()).toEqual(keys)
})

test('without permission to look, it is deleted all the same', async () => {
  oss.faults.set([{ kind: 'error', status: 403, code: 'AccessDenied', operations: ['HeadObject'] }])
  try {
    const outcome = await rm('oss://examplebucket/photos/a')
    expect(outcome.stdout.toString()).toBe('deleted oss://examplebucket/photos/a, if it existed\n')
  } finally {
    oss.faults.set([])
  }
  expect(await left()).not.toContain('photos/a')
})

test('du adds up the objects below a prefix', async () => {
  await bucket.putObject({
    key: 'photos/cold',
    body: new Uint8Array(5000),
    headers: { 'x-oss-storage-class': 'IA' },
  })
  const du = async (...args: string[]) => ossup(['du', ...args], env)
  expect((await du('oss://examplebucket/photos-2024/')).stdout.toString()).toBe(
    'oss://examplebucket/photos-2024/  1 object, 1 byte\n',
  )
  const both = await du('oss://examplebucket/photos/')
  expect(both.stdout.toString()).toBe(
    [
      'oss://examplebucket/photos/  5 objects, 5,004 bytes (4.8 KiB)',
      '  IA  1 object, 5,000 bytes (4.8 KiB)',
      '  Standard  4 objects, 4 bytes',
      '',
    ].join('\n'),
  )
  expect(jsonLines(await du('oss://examplebucket', '--json')).at(-1)).toMatchObject({
    type: 'result',
    objects: 6,
    bytes: 5005,
    storageClasses: { IA: { objects: 1, bytes: 5000 }, Standard: { objects: 5, bytes: 5 } },
  })
})

test.each(['oss://examplebucket', 'oss://examplebucket/photos/'])(
  'download %s says that folders cannot be downloaded yet',
  async address => {
    const outcome = await ossup(['download', address], env)
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/folders cannot be/) })
  },
)

// Found on a flaky line: the first connection that broke ended it all.
test('over a line that breaks, and with a clock an hour off, as an upload goes on', async () => {
  oss.skewClock(3_600_000)
  oss.faults.set([
    { kind: 'lose-answer', operations: ['ListObjectsV2'], times: 1 },
    { kind: 'lose-answer', operations: ['DeleteObject'], skip: 1, times: 1 },
    {
      kind: 'error',
      status: 503,
      code: 'ServiceUnavailable',
      operations: ['DeleteObject'],
      times: 2,
    },
  ])
  try {
    expect(await ossup(['ls', '-r', 'oss://examplebucket/photos/'], env)).toMatchObject({ code: 0 })
    expect(await ossup(['stat', 'oss://examplebucket/photos/a'], env)).toMatchObject({ code: 0 })
    expect(await rm('-r', 'oss://examplebucket/photos/')).toMatchObject({ code: 0 })
  } finally {
    oss.skewClock(0)
    oss.faults.set([])
  }
  expect(await left()).toEqual(['photos-2024/a'])
})
