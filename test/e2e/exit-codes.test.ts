// Each failure gives one clear message and the documented exit code, and leaves nothing behind.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, ossup } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { oss, env, bucket } = await localOss()
const folder = temporaryFolder()
const file = join(folder, 'file.bin')
noiseFile(file, 1024 ** 2)
mkdirSync(join(folder, 'directory'))
writeFileSync(join(folder, 'not-a-folder'), '')

const target = 'oss://examplebucket/key'
const parts = ['--multipart-threshold', '100KiB', '--part-size', '100KiB']
const plain = { ...env, NO_COLOR: '1' }

const cases: [what: string, args: string[], env: object, code: number, message: RegExp][] = [
  ['no command', ['frobnicate'], {}, 2, /'frobnicate' is not a command/],
  ['an unknown flag', ['upload', file, target, '--sped'], {}, 2, /no flag --sped/],
  ['a bad size', ['upload', file, target, '--part-size', '1 banana'], {}, 2, /'1 banana'/],
  [
    'a part of 1 KiB',
    ['upload', file, target, '--part-size', '1KiB'],
    {},
    2,
    /--part-size is '1KiB'\nAllowed: 100 KiB to 5 GiB\./,
  ],
  ['an illegal bucket', ['upload', file, 'oss://No_Bucket/key'], {}, 2, /No_Bucket/],
  ['a key too long', ['upload', file, `oss://examplebucket/${'k'.repeat(1024)}`], {}, 2, /1024/],
  [
    'a prefix with which no key can begin',
    ['upload', join(folder, 'directory'), 'oss://examplebucket//'],
    {},
    2,
    /begins with \//,
  ],
  ['no address', ['upload', file, 'key'], {}, 2, /'key' is not an OSS address/],
  ['cat as JSON', ['cat', target, '--json'], {}, 2, /does not support --json/],
  ['no region', ['upload', file, target], { OSS_REGION: '' }, 2, /region/],
  ['no credentials', ['upload', file, target], { OSS_ACCESS_KEY_ID: '' }, 3, /OSS_ACCESS_KEY_ID/],
  ['an unknown key', ['upload', file, target], { OSS_ACCESS_KEY_ID: 'x' }, 3, /InvalidAccessKeyId/],
  [
    'a wrong secret',
    ['upload', file, target],
    { OSS_ACCESS_KEY_SECRET: 'x' },
    3,
    /SignatureDoesNotMatch/,
  ],
  ['a missing file', ['upload', join(folder, 'absent'), target], {}, 4, /absent/],
  ['a directory', ['upload', join(folder, 'directory'), target], {}, 4, /directory/],
  [
    'a closed port',
    ['upload', file, target],
    { OSS_ENDPOINT: 'http://127.0.0.1:1' },
    5,
    /127\.0\.0\.1:1/,
  ],
  ['no such bucket', ['upload', file, 'oss://otherbucket/key'], {}, 8, /NoSuchBucket/],
  ['no such object', ['cat', 'oss://examplebucket/absent'], {}, 8, /NoSuchKey/],
  [
    'a checkpoint folder that cannot be',
    ['upload', file, target, ...parts, '--checkpoint-dir', join(folder, 'not-a-folder', 'x')],
    {},
    10,
    /not-a-folder/,
  ],
]

test.each(cases)('%s', async (_, args, change, code, message) => {
  const outcome = await ossup(args, { HOME: folder, ...plain, ...change })
  expect(outcome.stderr).toMatch(message)
  expect(outcome.stderr.match(/^ossup: /gm)).toHaveLength(1)
  expect(outcome.stderr).not.toMatch(/\n {4}at /)
  expect(outcome.stderr).not.toContain(oss.key.accessKeySecret)
  expect(outcome.code).toBe(code)
})

test('an object that exists is not replaced where that is forbidden', async () => {
  const args = ['upload', file, 'oss://examplebucket/once', '--forbid-overwrite']
  expect((await ossup(args, plain)).code).toBe(0)
  const again = await ossup([...args, '--json'], plain)
  expect(again.code).toBe(8)
  expect(jsonLines(again).at(-1)).toMatchObject({
    type: 'error',
    code: 'FileAlreadyExists',
    exitCode: 8,
  })
})

test('nothing was left at OSS', async () => {
  expect((await bucket.listMultipartUploads()).uploads).toEqual([])
})
