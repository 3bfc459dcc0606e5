// `ossup upload` of folders and of several files, as a process.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, jsonLines, ossup, start, startProcess } from './command.ts'
import { noise, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { oss, env, bytes } = await localOss()
const folder = temporaryFolder()
const names = [
  'a b/c+d%20.txt',
  'a b.txt',
  'ü/日本 😀.bin',
  'x/.hidden',
  'x/y/z/deep',
  'empty',
  'q?&=#',
]
const checkpoints = join(folder, 'checkpoints')
const flags = ['--checkpoint-dir', checkpoints]
let made = 0

/** A folder of files with odd names and one that goes in parts. */
function madeFolder(): { path: string; files: Map<string, Buffer> } {
  const path = join(folder, `dir-${++made}`)
  const files = new Map<string, Buffer>()
  for (const [index, name] of names.entries()) {
    files.set(name, noise(name === 'empty' ? 0 : index * 10_000 + 1, index + 1))
  }
  files.set('large.bin', noise(3_000_000, 99))
  for (const [name, content] of files) {
    mkdirSync(join(path, name, '..'), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return { path, files }
}

async function expectThere(prefix: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [name, content] of files) {
    expect([name, content.equals(await bytes(prefix + name))]).toEqual([name, true])
  }
}

/** How a ledger ends. */
const lastIn = (ledger: string) =>
  JSON.parse(readFileSync(ledger, 'utf8').trimEnd().split('\n').at(-1) ?? '')

/** Checkpoints that are not needed any more. */
const left = () => readdirSync(checkpoints).filter(name => name !== 'stored')

const requests = () =>
  Object.fromEntries(
    Object.entries(oss.stats().operations).map(([name, { requests }]) => [name, requests]),
  )

test('a folder is uploaded, and stored files are not sent again', async () => {
  const { path, files } = madeFolder()
  const args = [
    'upload',
    `${path}/`,
    'oss://examplebucket/one/',
    ...flags,
    '--multipart-threshold',
    '1MiB',
  ]
  const ledger = join(folder, 'ledger.jsonl')
  oss.resetStats()
  const first = await ossup([...args, '--ledger', ledger], env)
  expect(first.code).toBe(0)
  expect(first.stdout.toString()).toMatch(
    /^oss:\/\/examplebucket\/one\/ {2}8 files uploaded, 3 MiB/,
  )
  expect(requests()).toMatchObject({ ListObjectsV2: 1, PutObject: 7, CompleteMultipartUpload: 1 })
  expect(requests()).not.toHaveProperty('HeadObject')
  await expectThere('one/', files)
  expect(left()).toEqual([])

  oss.resetStats()
  const second = await ossup([...args, '--json', '--ledger', ledger], env)
  expect(jsonLines(second).at(-1)).toMatchObject({ type: 'result', uploaded: 0, unchanged: 8 })
  expect(requests()).not.toHaveProperty('PutObject')
  const told = readFileSync(ledger, 'utf8').trimEnd().split('\n')
  const types = told.map(line => JSON.parse(line).type)
  expect(types).toEqual([
    'begin',
    ...names.map(() => 'uploaded'),
    'uploaded',
    'result',
    'begin',
    ...names.map(() => 'unchanged'),
    'unchanged',
    'result',
  ])
  const subject = { bucket: 'examplebucket', prefix: 'one/', dryRun: false }
  expect(JSON.parse(told.at(-1) ?? '')).toMatchObject({ ...subject, uploaded: 0, unchanged: 8 })
})

test('killed at any moment, the same command ends it', async () => {
  const { path, files } = madeFolder()
  const args = ['upload', path, 'oss://examplebucket/killed/', ...flags, '--concurrency', '2']
  const slow = [
    '--multipart-threshold',
    '1MiB',
    '--part-size',
    '100KiB',
    '--bandwidth',
    '512KiB',
    '--json',
  ]
  for (const pattern of [/"type":"uploaded".*killed\/empty"/, /"type":"progress"/]) {
    const { child, saw, ended } = start([...args, ...slow], env)
    await saw(pattern)
    child.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
  }
  const last = await ossup([...args, ...slow.slice(0, 4), '--json'], env)
  expect(jsonLines(last).at(-1)).toMatchObject({ type: 'result', failed: 0 })
  await expectThere('killed/', files)
  expect(left()).toEqual([])
})

test('Ctrl-C stops gently and says how far it came', async () => {
  const { path } = madeFolder()
  const { child, saw, ended } = start(
    [
      'upload',
      path,
      'oss://examplebucket/stopped/',
      ...flags,
      '--verbose',
      '--bandwidth',
      '256KiB',
    ],
    env,
  )
  await saw(/uploaded .*empty/)
  child.kill('SIGINT')
  const outcome = await ended
  expect(outcome.code).toBe(130)
  expect(outcome.stderr).toMatch(
    /Stopped\. \d+ files? (is|are) stored.*: run the same command again/,
  )
})

test('some fail, the others are there, and the end says which and why', async () => {
  const { path, files } = madeFolder()
  const other = join(folder, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'a b.txt'), 'another file of that name')
  const args = ['upload', path, other, 'oss://examplebucket/some/', ...flags]
  const outcome = await ossup(args, env)
  expect(outcome.code).toBe(9)
  expect(outcome.stderr).toMatch(/failed: .*other\/a b\.txt: .*has the same key as/)
  expect(outcome.stderr).toContain('1 of 9 files failed')
  expect(await bytes('some/a b.txt')).toEqual(files.get('a b.txt'))
  const end = { type: 'error', code: 'SOME_FAILED', exitCode: 9, failed: 1, unchanged: 8 }
  const ledger = join(folder, 'some.jsonl')
  const again = await ossup([...args, '--json', '--ledger', ledger], env)
  expect(jsonLines(again).at(-1)).toMatchObject(end)
  expect(lastIn(ledger)).toMatchObject(end)
})

test('what ends a batch is the last line of the ledger as well', async () => {
  const { path } = madeFolder()
  const ledger = join(folder, 'ended.jsonl')
  await ossup(['upload', path, 'oss://nosuchbucket/x/', ...flags, '--ledger', ledger], env)
  expect(lastIn(ledger)).toMatchObject({ type: 'error', code: 'NoSuchBucket', exitCode: 8 })
})

test('globs that leave nothing are said to', async () => {
  const { path } = madeFolder()
  const args = ['upload', path, 'oss://examplebucket/none/', ...flags, '--include', '*.nothing']
  const outcome = await ossup(args, env)
  expect(outcome.code).toBe(0)
  expect(outcome.stdout.toString()).toBe('oss://examplebucket/none/  no files found\n')
})

test('names with brackets and bars are names, not patterns', async () => {
  const path = join(folder, 'brackets')
  mkdirSync(path)
  const names = ['IMG (1).jpg', 'IMG 1.jpg', 'a|b', 'a', 'b', '!a']
  for (const name of names) writeFileSync(join(path, name), name)
  const args = ['upload', path, 'oss://examplebucket/brackets/', ...flags, '--dry-run', '--json']
  const planned = async (...globs: string[]) =>
    jsonLines(await ossup([...args, ...globs], env)).flatMap(({ type, key }) =>
      type === 'planned' ? String(key).slice('brackets/'.length) : [],
    )
  expect(await planned('--include', 'IMG (1).jpg', '--include', 'a|b')).toEqual([
    'IMG (1).jpg',
    'a|b',
  ])
  expect(await planned('--exclude', '*(1)*', '--exclude', '!a')).toEqual([
    'IMG 1.jpg',
    'a',
    'a|b',
    'b',
  ])
})

test('what the globs leave out is not looked at; a pipe among sources is skipped, and said', async () => {
  const path = join(folder, 'links')
  mkdirSync(path)
  writeFileSync(join(path, 'file'), 'x')
  symlinkSync('nowhere', join(path, 'dangling'))
  execFileSync('mkfifo', [join(path, 'pipe')])
  const sources = ['file', 'dangling', 'pipe'].map(name => join(path, name))
  const args = ['upload', ...sources, 'oss://examplebucket/named/', ...flags]
  const all = await ossup(args, env)
  expect(all.code).toBe(4)
  expect(all.stderr).toContain(`There is no file ${join(path, 'dangling')}`)
  const some = await ossup([...args, '--exclude', 'dangling'], env)
  expect(some.stderr).toContain(`skipped ${join(path, 'pipe')}: a pipe`)
  expect(some.stdout.toString()).toContain('1 file uploaded, 1 byte')
  expect(some.code).toBe(0)
  const one = await ossup([...args, '--exclude', 'dangling', '--exclude', 'p*', '--json'], env)
  expect(jsonLines(one).at(-1)).toMatchObject({ type: 'result', unchanged: 1, skipped: 0 })
})

test('the files of a list, by their paths below the folder', async () => {
  const { path } = madeFolder()
  const list = join(folder, 'list')
  const key = 'oss://examplebucket/list/'
  writeFileSync(
    list,
    ['x/y/z/deep', 'gone', 'a b', join(path, 'empty'), 'a b.txt', 'empty'].join('\0'),
  )
  const args = ['upload', path, '--files-from', list, key, ...flags, '--json']
  const first = await ossup(args, env)
  expect(first.code).toBe(9)
  const told = jsonLines(first).map(({ type, path: at, reason, code }) => [
    type,
    typeof at === 'string' ? at.slice(path.length + 1) : (reason ?? code),
  ])
  expect(told).toEqual(
    expect.arrayContaining([
      ['uploaded', 'a b.txt'],
      ['uploaded', 'empty'],
      ['uploaded', 'x/y/z/deep'],
      ['skipped', 'a b'],
      ['failed', 'gone'],
    ]),
  )
  expect(jsonLines(first).at(-1)).toMatchObject({ code: 'SOME_FAILED', uploaded: 3, failed: 1 })
  writeFileSync(list, 'q?&=#\r\nx/.hidden\r\n')
  const outside = await ossup(['upload', join(path, 'x'), '--files-from', list, key, ...flags], env)
  expect(outside).toMatchObject({ code: 4, stderr: expect.stringContaining('There is no file') })
  writeFileSync(list, '../secret\n')
  expect(await ossup(args, env)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/\.\.\/secret is not in the folder/),
  })
})

test('a list from standard input, of files in the current folder', async () => {
  const { path, files } = madeFolder()
  const args = ['upload', '--files-from', '-', 'oss://examplebucket/input/', ...flags]
  const { child, ended } = startProcess([bin, ...args], env, path)
  child.stdin?.end('x/.hidden\n./large.bin\n')
  const outcome = await ended
  expect(outcome.stderr).toContain('Uploading . to oss://examplebucket/input/')
  expect(outcome.code).toBe(0)
  for (const name of ['x/.hidden', 'large.bin']) {
    expect((await bytes(`input/${name}`)).equals(files.get(name) ?? Buffer.alloc(0))).toBe(true)
  }
})

test('a run that OSS refuses before the first file has no sum', async () => {
  const { path } = madeFolder()
  const wrong = { ...env, OSS_ACCESS_KEY_SECRET: 'wrong' }
  const outcome = await ossup(['upload', path, 'oss://examplebucket/x/', ...flags], wrong)
  expect(outcome.code).toBe(3)
  expect(outcome.stdout.toString()).toBe('')
  expect(outcome.stderr).not.toContain('no files found')
  expect(outcome.stderr).toContain('SignatureDoesNotMatch')
})

test('globs, links and a dry run', async () => {
  const { path } = madeFolder()
  symlinkSync('a b.txt', join(path, 'link.txt'))
  const args = ['upload', path, 'oss://examplebucket/dry/', ...flags, '--dry-run']
  const globs = ['--include', '*.txt', '--include', 'x/**', '--exclude', '.*']
  oss.resetStats()
  const outcome = await ossup([...args, ...globs], env)
  expect(outcome.code).toBe(0)
  const told = outcome.stdout.toString()
  expect(told.split('\n').slice(0, -2)).toEqual([
    `would upload ${path}/a b.txt (9.7 KiB, new)`,
    `would upload ${path}/a b/c+d%20.txt (1 byte, new)`,
    `would upload ${path}/x/y/z/deep (39 KiB, new)`,
  ])
  expect(told).toContain('3 files to upload, 48.8 KiB; 1 skipped')
  expect(outcome.stderr).toMatch(/skipped .*link\.txt: a link/)
  expect(requests()).toEqual({ ListObjectsV2: 1 })
  const followed = await ossup([...args, ...globs, '--follow-links', '--json'], env)
  expect(jsonLines(followed).at(-1)).toMatchObject({ planned: 4, skipped: 0 })
})

test.each<[number, string[], RegExp, Record<string, string>?]>([
  [8, ['oss://nosuchbucket/x/'], /NoSuchBucket/],
  [3, ['oss://examplebucket/x/'], /OSS_ACCESS_KEY_ID/, { OSS_ACCESS_KEY_ID: '' }],
  [4, ['oss://examplebucket/x'], /Write oss:\/\/examplebucket\/x\/ to put its contents/],
  [2, ['oss://examplebucket//'], /begins with \//],
  [2, ['oss://examplebucket/x/', '--include', '../x'], /INVALID|no path below a folder/],
  [4, ['no-such-file', 'oss://examplebucket/x/'], /There is no file no-such-file/],
  [10, ['oss://examplebucket/x/', '--ledger', folder], /The ledger .* cannot be written/],
])('exit code %i for %j', async (code, args, pattern, more = {}) => {
  const { path } = madeFolder()
  const outcome = await ossup(['upload', path, ...args, ...flags], { ...env, ...more })
  expect(outcome.stderr).toMatch(pattern)
  expect(outcome.code).toBe(code)
})
