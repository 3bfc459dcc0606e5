// What a listing shows: one level or all, buckets, and keys that never look like two.

import { expect, test } from 'vitest'
import { jsonLines, ossup } from './command.ts'
import { localOss } from './local-oss.ts'

const { env, bucket } = await localOss({ buckets: ['examplebucket', 'otherbucket'] })
for (const key of ['a', 'dir/', 'dir/b', 'dir/deep/c', 'dir/deep/d', 'line\nbreak\x1b[2J']) {
  await bucket.putObject({ key, body: new Uint8Array(1500) })
}

const lines = async (...args: string[]) => {
  const outcome = await ossup(['ls', ...args], env)
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  return outcome.stdout.toString().trimEnd().split('\n')
}
const last = (line: string) => line.split(/ {2,}/).slice(-2)

test('one level, with what lies deeper summed up', async () => {
  expect((await lines('oss://examplebucket')).map(last)).toEqual([
    ['PRE', 'oss://examplebucket/dir/'],
    ['1500', 'oss://examplebucket/a'],
    ['1500', 'oss://examplebucket/line\\x0abreak\\x1b[2J'],
  ])
  expect((await lines('oss://examplebucket/dir/', '--human')).map(last)).toEqual([
    ['PRE', 'oss://examplebucket/dir/deep/'],
    ['1.4 KiB', 'oss://examplebucket/dir/'],
    ['1.4 KiB', 'oss://examplebucket/dir/b'],
  ])
})

test('all, with -r', async () => {
  const keys = (await lines('-r', 'oss://examplebucket/d')).map(line => line.split('/').slice(3))
  expect(keys).toEqual([
    ['dir', ''],
    ['dir', 'b'],
    ['dir', 'deep', 'c'],
    ['dir', 'deep', 'd'],
  ])
})

test('buckets, and levels as JSON', async () => {
  expect((await lines()).map(line => last(line)[1])).toEqual([
    'oss://examplebucket',
    'oss://otherbucket',
  ])
  const json = jsonLines(await ossup(['ls', 'oss://examplebucket/dir/', '--json'], env))
  expect(json).toMatchObject([
    { type: 'prefix', bucket: 'examplebucket', prefix: 'dir/deep/' },
    { type: 'object', key: 'dir/' },
    { type: 'object', key: 'dir/b' },
    { type: 'result', prefix: 'dir/', objects: 2, prefixes: 1, bytes: 3000 },
  ])
  expect((await ossup(['ls', '-r'], env)).code).toBe(2)
})
