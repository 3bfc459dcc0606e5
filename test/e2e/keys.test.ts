// Keys are bytes: whatever OSS allows goes up, is listed, looked at, comes down and goes away.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, ossup } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env } = await localOss()
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

test.each(keys)('%j', { concurrent: true }, async key => {
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
  const [down, stat, ls] = await Promise.all([
    ossup(['cat', address], env),
    ossup(['stat', address, '--json'], env),
    ossup(['ls', address, '--json'], env),
  ])
  expect(down.stdout.equals(content)).toBe(true)
  expect(jsonLines(stat)).toMatchObject([{ type: 'result', key, size: 70_000 }])
  expect(jsonLines(ls).slice(0, -1)).toMatchObject([{ type: 'object', key, size: 70_000 }])
  expect((await ossup(['rm', address], env)).code).toBe(0)
  expect((await ossup(['stat', address], env)).code).toBe(8)
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
