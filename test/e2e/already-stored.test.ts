// A single file is not sent again while its object has the same bytes and headers.

import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, jsonLines, ossup, startProgram } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env, oss, bucket } = await localOss()
const folder = temporaryFolder()
const file = join(folder, 'file.bin')
const content = noiseFile(file, 300_000)
const to = (key: string, ...more: string[]) =>
  ossup(
    ['upload', file, `oss://examplebucket/${key}`, '--checkpoint-dir', join(folder, 'c'), ...more],
    env,
  )

/** How often something was sent by the calls in between. */
async function sent(action: () => Promise<unknown>): Promise<number> {
  const count = () => oss.stats().operations.PutObject?.requests ?? 0
  const before = count()
  await action()
  return count() - before
}

test('the second run sends nothing, and says so', async () => {
  expect(await sent(() => to('twice'))).toBe(1)
  utimesSync(file, 1, 1)
  expect(
    await sent(async () => {
      const again = await to('twice')
      expect(again.stdout.toString()).toMatch(
        /^oss:\/\/examplebucket\/twice {2}292\.9 KiB, already stored: not sent again\nverified: CRC-64 \d+ at both ends\n$/,
      )
      expect(again.code).toBe(0)
      expect(jsonLines(await to('twice', '--json')).at(-1)).toMatchObject({
        type: 'result',
        key: 'twice',
        size: 300_000,
        unchanged: true,
      })
    }),
  ).toBe(0)
  expect(await sent(() => to('twice', '--resend'))).toBe(1)
})

test('other bytes of the same size are sent', async () => {
  await to('edited')
  writeFileSync(file, Buffer.from(content).fill(1, 7, 8))
  expect(await sent(() => to('edited'))).toBe(1)
  writeFileSync(file, content)
})

test.each([
  [['--metadata', 'a=1'], ['--metadata', 'A=1'], 0],
  [['--metadata', 'a=1'], ['--metadata', 'a=2'], 1],
  [['--metadata', 'a=1'], [], 1],
  [[], ['--metadata', 'a=1'], 1],
  [['--content-type', 'text/plain'], ['--content-type', 'text/plain'], 0],
  [[], ['--content-type', 'text/plain'], 1],
  [[], ['--storage-class', 'IA'], 1],
  // A look at the object does not show these.
  [['--tags', 'a=1'], ['--tags', 'a=1'], 1],
  [[], ['--acl', 'private'], 1],
] as const)('%j, then %j', async (first, second, count) => {
  const key = JSON.stringify([first, second]).replace(/\W/g, '')
  await to(key, ...first)
  expect(await sent(() => to(key, ...second))).toBe(count)
})

test('a damaged checkpoint of the stored file is removed, that of another upload is kept', async () => {
  const small = ['--multipart-threshold', '100KiB', '--part-size', '100KiB', '--concurrency', '1']
  oss.faults.set([
    { kind: 'error', code: 'AccessDenied', status: 403, operations: ['UploadPart'], skip: 1 },
  ])
  await to('damaged', ...small)
  await to('other', ...small)
  oss.faults.set([])
  const folderOf = join(folder, 'c')
  const names = readdirSync(folderOf).filter(name => name.endsWith('.journal'))
  expect(names).toHaveLength(2)
  await bucket.putObject({ key: 'damaged', body: content })
  const status = jsonLines(await ossup(['status', '--json', '--checkpoint-dir', folderOf], env))
  const id = status.find(line => line.key === 'damaged')?.id
  for (const name of names) writeFileSync(join(folderOf, name), 'damaged\n')
  expect(await sent(() => to('damaged', '--content-type', 'application/octet-stream'))).toBe(0)
  const left = readdirSync(folderOf).filter(name => name.endsWith('.journal'))
  expect(left).toEqual(names.filter(name => name !== `${id}.journal`))
  await rm(folderOf, { recursive: true })
})

test('--forbid-overwrite still refuses', async () => {
  await to('forbidden')
  expect((await to('forbidden', '--forbid-overwrite')).code).toBe(8)
})

test('an object that was deleted is sent again', async () => {
  await to('deleted')
  await bucket.deleteObject({ key: 'deleted' })
  expect(await sent(() => to('deleted'))).toBe(1)
})

test('without permission to look, it is sent', async () => {
  await to('blind')
  oss.faults.set([{ kind: 'error', status: 403, code: 'AccessDenied', operations: ['HeadObject'] }])
  try {
    expect(await sent(() => to('blind'))).toBe(1)
  } finally {
    oss.faults.set([])
  }
})

test.each(['< /dev/null', '<&-'])(
  'standard input that is %s stores no empty object',
  async input => {
    const upload = (more: string) =>
      startProgram(
        [
          'sh',
          '-c',
          `"$@" ${more} ${input}`,
          'sh',
          process.execPath,
          bin,
          'upload',
          '-',
          'oss://examplebucket/backup',
        ],
        env,
      ).ended
    const refused = await upload('')
    expect(refused.stderr).toMatch(/Standard input is closed or \/dev\/null, and has no bytes/)
    expect(refused.code).toBe(4)
    await expect(bucket.headObject({ key: 'backup' })).rejects.toMatchObject({ code: 'NoSuchKey' })
    expect((await upload('--expected-size 0')).code).toBe(0)
    await bucket.deleteObject({ key: 'backup' })
  },
)

test('an empty pipe is an empty object, as ever', async () => {
  const args = [
    bin,
    'upload',
    '-',
    'oss://examplebucket/pipe',
    '--checkpoint-dir',
    join(folder, 'p'),
  ]
  const { child, ended } = startProgram([process.execPath, ...args], env)
  child.stdin?.end()
  expect((await ended).code).toBe(0)
})
