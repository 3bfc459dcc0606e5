// Keys are bytes: every key that OSS allows can be uploaded, listed, shown, downloaded and deleted.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Bucket } from '../../src/runtimes/node/index.ts'
import { jsonLines, ossup } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env, oss } = await localOss({ buckets: ['examplebucket', 'keysbucket'] })
const file = join(temporaryFolder(), 'file.bin')
const content = noiseFile(file, 70_000)

const keys = [
  'plain.txt',
  'a//b',
  '../x',
  './.',
  'x y+z%2F',
  '日本語/ü😀',
  '-',
  'a?b=c&d#e',
  'quotes\'"`$',
  '\f\n\v\x1b[31m',
  `${'k'.repeat(1020)}日`,
]

test.each(keys)('%j', async key => {
  const address = `oss://examplebucket/${key}`
  const up = await ossup(['upload', file, address, '--json'], env)
  expect(up.stderr).toBe('')
  expect(up.code).toBe(0)
  expect(jsonLines(up).at(-1)).toMatchObject({
    type: 'result',
    key,
    size: 70_000,
    verified: 'crc64',
  })
  const down = await ossup(['cat', address], env)
  expect(down.stdout.equals(content)).toBe(true)
  const stat = await ossup(['stat', address, '--json'], env)
  expect(jsonLines(stat)).toMatchObject([{ type: 'result', key, size: 70_000 }])
})

test('all are listed, in the order of their bytes, and go away', async () => {
  const { endpoint, region, key: credentials } = oss
  const other = new Bucket({ name: 'keysbucket', endpoint, region, credentials })
  const body = new Uint8Array(content)
  for (const key of keys) await other.putObject({ key, body })
  const inOrder = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const objects = inOrder.map(key => ({ type: 'object', bucket: 'keysbucket', key, size: 70_000 }))
  const ls = await ossup(['ls', '-r', 'oss://keysbucket', '--json'], env)
  const end = { type: 'result', objects: keys.length, bytes: 70_000 * keys.length }
  expect(jsonLines(ls)).toMatchObject([...objects, end])
  const some = await ossup(['ls', 'oss://keysbucket/../', '--json'], env)
  expect(jsonLines(some)).toMatchObject([{ key: '../x' }, { objects: 1 }])
  expect((await ossup(['rm', 'oss://keysbucket/../x'], env)).code).toBe(0)
  expect((await ossup(['stat', 'oss://keysbucket/../x'], env)).code).toBe(8)
})

test('a key that ends in / gets the name of the file', async () => {
  for (const [target, key] of [
    ['oss://examplebucket/dir/', 'dir/file.bin'],
    ['oss://examplebucket', 'file.bin'],
  ] as const) {
    const up = await ossup(['upload', file, target, '--json'], env)
    expect(jsonLines(up).at(-1)).toMatchObject({ type: 'result', key })
  }
})
