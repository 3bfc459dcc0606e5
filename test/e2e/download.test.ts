// Objects as files: whole and under their name, or not there; compared without a download.

import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { downloadObject } from '../../src/runtimes/node/index.ts'
import { bin, jsonLines, type Outcome, ossup, start } from './command.ts'
import { noise, noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env, bucket, oss } = await localOss()
const root = temporaryFolder()
const content = noise(18_000_000)
const small = content.subarray(0, 1000)
const source = join(root, 'source.bin')
writeFileSync(source, content)
await bucket.putObject({ key: 'dir/large.bin', body: new Uint8Array(content) })
await bucket.putObject({ key: 'dir/small.bin', body: new Uint8Array(small) })
const large = 'oss://examplebucket/dir/large.bin'
const little = 'oss://examplebucket/dir/small.bin'

let folder: string
beforeEach(() => {
  oss.faults.set([])
  folder = mkdtempSync(join(root, 'case-'))
})

const message = ({ stderr }: Outcome) => stderr.replaceAll('\n', ' ')

test('a folder gets the last name of the key, a path is taken as it is, - is standard output', async () => {
  const done = await ossup(['download', large, folder, '--json'], env)
  expect(done.stderr).toBe('')
  const target = join(folder, 'large.bin')
  expect(jsonLines(done).at(-1)).toMatchObject({
    type: 'result',
    target,
    size: content.length,
    verified: 'crc64',
  })
  expect(readFileSync(target).equals(content)).toBe(true)
  expect((await ossup(['download', little, join(folder, 'other')], env)).code).toBe(0)
  expect(readFileSync(join(folder, 'other')).equals(small)).toBe(true)
  expect((await ossup(['download', large, '-', '--quiet'], env)).stdout.equals(content)).toBe(true)
  expect(readdirSync(folder).sort()).toEqual(['large.bin', 'other'])
  if (process.platform !== 'win32') {
    expect(statSync(target).mode & 0o777).toBe(0o666 & ~process.umask())
  }
})

test('an object with a Content-Encoding comes as it was stored', async () => {
  const packed = gzipSync(small)
  const headers = { 'content-encoding': 'gzip' }
  await bucket.putObject({ key: 'packed.gz', body: new Uint8Array(packed), headers })
  const address = 'oss://examplebucket/packed.gz'
  expect((await ossup(['download', address, folder], env)).code).toBe(0)
  expect(readFileSync(join(folder, 'packed.gz')).equals(packed)).toBe(true)
  expect((await ossup(['cat', address], env)).stdout.equals(packed)).toBe(true)
})

test('an existing file is replaced only with --overwrite', async () => {
  const target = join(folder, 'small.bin')
  writeFileSync(target, 'mine')
  const refused = await ossup(['download', little, target], env)
  expect(refused.code).toBe(8)
  expect(message(refused)).toMatch(/small\.bin already exists.*--overwrite/)
  expect(readFileSync(target, 'utf8')).toBe('mine')
  expect((await ossup(['download', little, target, '--overwrite'], env)).code).toBe(0)
  expect(readFileSync(target).equals(small)).toBe(true)
})

test.skipIf(process.platform === 'win32')(
  'the file behind a link is replaced; a device never is',
  async () => {
    writeFileSync(join(folder, 'real'), 'old')
    symlinkSync('real', join(folder, 'link'))
    const args = ['download', little, join(folder, 'link'), '--overwrite']
    expect((await ossup(args, env)).code).toBe(0)
    expect(readFileSync(join(folder, 'real')).equals(small)).toBe(true)
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const pipe = await ossup(['download', little, join(folder, 'pipe'), '--overwrite'], env)
    expect(pipe.code).toBe(8)
    expect(message(pipe)).toContain('no plain file')
  },
)

test.each([
  ['dir/..', '".."'],
  ['dir/.', '"."'],
  ['dir/', '""'],
  ['a\0b', '"a\\u0000b"'],
])('the key %j names no file', async (key, shown) => {
  // A NUL cannot be an argument, so this one goes through the library.
  const failed = downloadObject(bucket, key, folder)
  await expect(failed).rejects.toMatchObject({ code: 'UNSAFE_NAME' })
  await expect(failed).rejects.toThrow(shown)
  expect(readdirSync(folder)).toEqual([])
})

test.each(['x y+z%2F', '日本語ü😀', '-', 'a?b=c&d#e', 'quotes\'"`$', '\f\n\v\x1b[31m', '..x'])(
  'the key %j becomes a file of that name',
  async name => {
    const key = `a//../${name}`
    await bucket.putObject({ key, body: new Uint8Array(small) })
    await downloadObject(bucket, key, folder)
    expect(readdirSync(folder)).toEqual([name])
    expect(readFileSync(join(folder, name)).equals(small)).toBe(true)
  },
)

test.each([
  ['no such object', ['oss://examplebucket/absent'], 8, /NoSuchKey/],
  ['no such folder', [little, 'absent/file'], 8, /absent/],
  ['a folder that is a file', [little, 'file/x'], 8, /file/],
  ['JSON and standard output', [little, '-', '--json'], 2, /does not support --json/],
  ['no object', ['oss://examplebucket'], 2, /takes one object/],
])('%s is reported once', async (_, args, code, pattern) => {
  writeFileSync(join(folder, 'file'), '')
  const [address = '', target = '', ...flags] = args
  const path = target === '-' ? '-' : join(folder, target)
  const outcome = await ossup(['download', address, path, ...flags], env)
  expect(message(outcome)).toMatch(pattern)
  expect(outcome.stderr.match(/^ossup: /gm)).toHaveLength(1)
  expect(outcome.code).toBe(code)
  expect(readdirSync(folder)).toEqual(['file'])
})

test('broken connections are replaced; damaged bytes are refused', async () => {
  oss.faults.set([{ kind: 'cut-answer', afterBytes: 700_000, operations: ['GetObject'], times: 6 }])
  const target = join(folder, 'file')
  const done = await ossup(['download', large, target, '--json'], env)
  expect(done.code).toBe(0)
  expect(readFileSync(target).equals(content)).toBe(true)
  // Of the six at most three fall to the second range, whose end is not cut.
  expect(jsonLines(done).filter(({ type }) => type === 'retry').length).toBeGreaterThan(2)
  oss.faults.set([{ kind: 'wrong-crc', operations: ['HeadObject'] }])
  const damaged = await ossup(['download', large, join(folder, 'other')], env)
  expect(damaged.code).toBe(6)
  expect(readdirSync(folder)).toEqual(['file'])
})

test.skipIf(process.platform === 'win32')(
  'no room is one clear message, and nothing is left',
  async () => {
    const script = 'ulimit -f 1000; exec "$0" "$@"'
    const args = ['-c', script, process.execPath, bin, 'download', large, join(folder, 'file')]
    const failed = await new Promise<{ code: number; stderr: string }>(resolve => {
      execFile('bash', args, { env: { ...process.env, ...env } }, (error, _, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      )
    })
    expect(failed.stderr).toMatch(/^ossup: .*file cannot be written \(EFBIG\)/m)
    expect(failed.stderr.match(/^ossup: /gm)).toHaveLength(1)
    expect(failed.code).toBe(8)
    expect(readdirSync(folder)).toEqual([])
  },
)

test.skipIf(process.platform === 'win32')(
  'Ctrl-C leaves nothing; what a kill leaves the next run removes, and no other',
  async () => {
    oss.faults.set([{ kind: 'bandwidth', bytesPerSecond: 2_000_000, operations: ['GetObject'] }])
    const target = join(folder, 'file')
    const run = async (signal: NodeJS.Signals) => {
      const { child, ended } = start(['download', large, target], env)
      while (!readdirSync(folder).some(name => isOwn(name, child.pid))) {
        await new Promise(resolve => setImmediate(resolve))
      }
      child.kill(signal)
      return ended
    }
    const isOwn = (name: string, pid?: number) =>
      name.startsWith('.ossup-') && name.split('-')[3] === String(pid)
    expect((await run('SIGINT')).code).toBe(130)
    expect(readdirSync(folder)).toEqual([])
    await run('SIGKILL')
    expect(readdirSync(folder)).toHaveLength(1)
    const [left = ''] = readdirSync(folder)
    // The file of a live process, of another target, and of another program.
    const begun = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19]
    const me = `${process.pid}-${begun}`
    const mine = left.replace(/-\d+-\d+-\d+-\d+-/, `-${me}-${me}-`)
    const others = [mine, left.replace(/^\.ossup-\w{4}/, '.ossup-0000'), '.ossup-notes']
    for (const name of others) writeFileSync(join(folder, name), '')
    oss.faults.set([])
    expect((await ossup(['download', large, target], env)).code).toBe(0)
    expect(readdirSync(folder).sort()).toEqual([...others, 'file'].sort())
    expect(readFileSync(target).equals(content)).toBe(true)
  },
)

test('verify says equal or differs, of files and of standard input', async () => {
  const equal = await ossup(['verify', source, large], env)
  expect(equal).toMatchObject({ code: 0, stderr: '' })
  expect(equal.stdout.toString()).toMatch(
    /^equal: .*source\.bin and oss:.*large\.bin\n.*CRC-64 \d+\n$/,
  )
  const { child, ended } = start(['verify', '-', large, '--json'], env)
  child.stdin?.end(content)
  expect(jsonLines(await ended).slice(-2)).toMatchObject([
    { type: 'comparison', source: 'standard input', outcome: 'equal' },
    { type: 'result', outcome: 'equal', local: { size: content.length } },
  ])
  mkdirSync(join(folder, 'x'))
  const other = join(folder, 'x', 'other.bin')
  noiseFile(other, content.length, 2)
  const differs = await ossup(['verify', other, large, '--json'], env)
  expect(differs.code).toBe(6)
  expect(differs.stderr).toMatch(/^ossup: .* differ: here .*CRC-64 \d+; at OSS .*CRC-64 \d+\n$/)
  expect(jsonLines(differs).slice(-2)).toMatchObject([
    { type: 'comparison', outcome: 'differs' },
    { type: 'error', code: 'CONTENT_DIFFERS', exitCode: 6 },
  ])
  expect((await ossup(['verify', join(folder, 'absent'), large], env)).code).toBe(4)
  expect((await ossup(['verify', other, large, '--download'], env)).code).toBe(6)
  expect(existsSync(other)).toBe(true)
})
