// ossup doctor in worlds where one thing is wrong: it says which, with the exit code of an upload there, and
// leaves nothing behind.

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { certificateFor } from '../unit/support/certificate.ts'
import { loopbackProxy } from '../unit/support/loopback-proxy.ts'
import { jsonLines, type Outcome, ossup, start } from './command.ts'
import { temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { oss, env, bucket } = await localOss({ hosts: ['oss.test'] })
const folder = temporaryFolder()
const where = { ...env, HOME: folder }
const address = 'oss://examplebucket/dir/'

afterEach(async () => {
  oss.skewClock(0)
  oss.faults.set([])
  expect((await bucket.listMultipartUploads()).uploads).toEqual([])
  expect((await bucket.listObjects()).objects).toEqual([])
  expect(existsSync(join(folder, '.ossup'))).toBe(false)
})

const doctor = (args: readonly string[] = [address], change: object = {}) =>
  ossup(['doctor', ...args, '--json'], { ...where, ...change })

type Line = Readonly<Record<string, unknown>>

const checksOf = (outcome: Outcome): Line[] =>
  jsonLines(outcome).filter(({ type }) => type === 'check')

const one = (outcome: Outcome, name: string): Line =>
  checksOf(outcome).find(({ check }) => check === name) ?? {}

const hintsOf = ({ hints }: Line): string => (Array.isArray(hints) ? hints.join('\n') : '')

/** The checks that are not ok: check, state. */
const wrong = (outcome: Outcome) =>
  checksOf(outcome)
    .filter(({ state }) => state === 'problem' || state === 'warning')
    .map(({ check, state }) => `${check} ${state}`)

test('where all is well', async () => {
  const outcome = await doctor()
  expect(outcome.stderr).toBe('')
  expect(outcome.code).toBe(0)
  expect(checksOf(outcome).filter(({ state }) => state !== 'ok')).toEqual([])
  expect(checksOf(outcome).flatMap(({ action }) => action ?? [])).toEqual([
    'oss:PutObject',
    'oss:ListParts',
    'oss:ListMultipartUploads',
    'oss:AbortMultipartUpload',
    'oss:GetObject',
    'oss:DeleteObject',
  ])
  expect(jsonLines(outcome).at(-1)).toMatchObject({ type: 'result', problem: 0, skipped: 0 })
})

test('without an address it looks at what it can', async () => {
  const outcome = await doctor([])
  expect(outcome.code).toBe(0)
  expect(checksOf(outcome).filter(({ state }) => state !== 'ok')).toMatchObject([
    { check: 'permission', state: 'skipped' },
    { check: 'speed', state: 'skipped' },
  ])
  const nothing = await doctor([], { OSS_ENDPOINT: '', OSS_REGION: '' })
  expect(nothing.code).toBe(0)
})

test.each<
  [what: string, args: string[], change: object, problem: string, code: number, hints: RegExp]
>([
  ['no credentials', [address], { OSS_ACCESS_KEY_ID: '' }, 'credentials', 3, /OSS_ACCESS_KEY_ID/],
  ['an unknown key', [address], { OSS_ACCESS_KEY_ID: 'x' }, 'bucket', 3, /OSS_ACCESS_KEY_ID/],
  ['a wrong secret', [address], { OSS_ACCESS_KEY_SECRET: 'x' }, 'bucket', 3, /access key secret/],
  [
    'a wrong secret, no address',
    [],
    { OSS_ACCESS_KEY_SECRET: 'x' },
    'bucket',
    3,
    /access key secret/,
  ],
  ['another region', [address], { OSS_REGION: 'cn-beijing' }, 'bucket', 8, /region/],
  ['no region', [address], { OSS_ENDPOINT: '', OSS_REGION: '' }, 'endpoint', 2, /region/],
  ['a closed port', [address], { OSS_ENDPOINT: 'http://127.0.0.1:1' }, 'tcp', 5, /port/],
  [
    'a host that is not',
    [address],
    { OSS_ENDPOINT: 'http://no-such-host.invalid' },
    'dns',
    5,
    /endpoint/,
  ],
  [
    'https at an http port',
    [address],
    { OSS_ENDPOINT: `https://127.0.0.1:${oss.port}` },
    'tls',
    8,
    /http/,
  ],
  ['no such bucket', ['oss://otherbucket/key'], {}, 'bucket', 8, /bucket name/],
  ['an illegal bucket', ['oss://Other_Bucket/key'], {}, 'endpoint', 2, /Allowed/],
  [
    'a SOCKS proxy',
    [address],
    { OSS_ENDPOINT: 'http://oss.test', HTTP_PROXY: 'socks5://u:secret-1@p' },
    'endpoint',
    2,
    /http:\/\/host:port/,
  ],
])('%s', async (_, args, change, problem, code, hints) => {
  const outcome = await doctor(args, change)
  const problems = checksOf(outcome).filter(({ state }) => state === 'problem')
  expect(problems.map(({ check }) => check)).toEqual([problem])
  expect(hintsOf(problems[0] ?? {})).toMatch(hints)
  expect(outcome.code).toBe(code)
  expect(jsonLines(outcome).at(-1)).toMatchObject({ code: 'PROBLEMS_FOUND', exitCode: code })
  expect(outcome.stdout + outcome.stderr).not.toMatch(
    new RegExp(`${oss.key.accessKeySecret}|secret-1`),
  )
})

test('a clock that is off is a warning, and nothing else fails of it', async () => {
  oss.skewClock(40 * 60_000)
  const outcome = await doctor()
  expect(outcome.code).toBe(0)
  expect(wrong(outcome)).toEqual(['clock warning'])
  expect(one(outcome, 'clock').summary).toMatch(/^(?:40 min|39 min 59 s|40 min 1 s) behind/)
})

describe('a missing permission', () => {
  const denied = (deny: readonly string[]) => {
    oss.keys.add({ accessKeyId: 'limited', accessKeySecret: 'its-secret', deny })
    return doctor([address], { OSS_ACCESS_KEY_ID: 'limited', OSS_ACCESS_KEY_SECRET: 'its-secret' })
  }
  test.each([
    ['oss:ListParts', 'warning', 0],
    ['oss:ListMultipartUploads', 'warning', 0],
    ['oss:GetObject', 'warning', 0],
    ['oss:DeleteObject', 'ok', 0],
    ['oss:GetBucketInfo', undefined, 0],
    ['oss:PutObject', 'problem', 8],
  ])('%s: %s', async (action, state, code) => {
    const outcome = await denied([action])
    expect(checksOf(outcome).find(line => line.action === action)?.state).toBe(state)
    expect(wrong(outcome)).toEqual(
      state === undefined || state === 'ok' ? [] : [`permission ${state}`],
    )
    expect(outcome.code).toBe(code)
  })

  test('oss:AbortMultipartUpload: the leftovers are reported, and are small', async () => {
    const outcome = await denied(['oss:AbortMultipartUpload'])
    expect(outcome.code).toBe(0)
    const { uploads } = await bucket.listMultipartUploads()
    expect(uploads).toHaveLength(1)
    const { key, uploadId } = uploads[0]!
    const left = checksOf(outcome).find(({ action }) => action === 'oss:AbortMultipartUpload')
    expect(left).toMatchObject({
      state: 'warning',
      leftBehind: { bucket: 'examplebucket', key, uploadId },
    })
    const hints = hintsOf(left ?? {})
    const { parts } = await bucket.listParts({ key, uploadId })
    expect(parts.map(({ size }) => size)).toEqual([64])
    expect(one(outcome, 'speed').state).toBe('skipped')
    // The hints works.
    const [, clean = ''] = /ossup (clean .*)$/.exec(hints) ?? []
    expect(
      (await ossup([...clean.split(' '), '--checkpoint-dir', join(folder, 'c')], where)).code,
    ).toBe(0)
  })
})

test('Ctrl-C in the middle leaves nothing', async () => {
  oss.faults.set([{ kind: 'latency', ms: 60_000, operations: ['ListParts'] }])
  const { child, ended } = start(['doctor', address], where)
  const begun = async () => (await bucket.listMultipartUploads()).uploads.length > 0
  while (!(await begun())) {}
  child.kill('SIGINT')
  expect((await ended).code).toBe(130)
})

describe('the checkpoint folder', () => {
  test('that cannot be is a problem', async () => {
    writeFileSync(join(folder, 'file'), '')
    const outcome = await doctor([address, '--checkpoint-dir', join(folder, 'file', 'x')])
    expect(wrong(outcome)).toEqual(['checkpoints problem'])
    expect(outcome.code).toBe(10)
  })

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'that is read-only is a problem',
    async () => {
      const closed = join(folder, 'closed')
      mkdirSync(closed)
      chmodSync(closed, 0o500)
      const outcome = await doctor([address, '--checkpoint-dir', closed])
      chmodSync(closed, 0o700)
      expect(wrong(outcome)).toEqual(['checkpoints problem'])
      expect(outcome.code).toBe(10)
    },
  )
})

describe('over https and a proxy', async () => {
  const tls = certificateFor(['DNS:*.oss.test', 'IP:127.0.0.1'], 90)
  const secure = await localOss({ tls, hosts: ['oss.test'] })
  const proxy = await loopbackProxy({ port: secure.oss.port, login: 'user:secret' })
  afterAll(() => proxy.close())
  const ca = join(folder, 'ca.pem')
  writeFileSync(ca, tls.cert)
  const behind = {
    ...secure.env,
    OSS_ENDPOINT: 'https://oss.test',
    HTTPS_PROXY: proxy.address.replace('://', '://user:secret@'),
  }
  test('all is well, and the proxy is named', async () => {
    const outcome = await doctor([address, '--ca-file', ca], behind)
    expect(wrong(outcome)).toEqual([])
    expect(one(outcome, 'tls').summary).toMatch(
      /^TLSv1\.3, certificate of ossup test by ossup test/,
    )
    expect(one(outcome, 'proxy').summary).toBe(`${proxy.address}, by HTTPS_PROXY`)
    expect(one(outcome, 'tcp').summary).toMatch(/lets us through$/)
    expect(outcome.stdout + outcome.stderr).not.toContain('secret')
  })

  test('a proxy that wants a password, and an unknown authority', async () => {
    const refused = await doctor([address, '--ca-file', ca], {
      ...behind,
      HTTPS_PROXY: proxy.address,
    })
    expect(one(refused, 'tcp')).toMatchObject({ state: 'problem', code: 'PROXY_REFUSED' })
    expect(refused.code).toBe(8)
    const unknown = await doctor([address], behind)
    expect(one(unknown, 'tls')).toMatchObject({ state: 'problem', code: 'TLS_FAILED' })
    expect(hintsOf(one(unknown, 'tls'))).toMatch(/by ossup test.*--ca-file/)
    expect(unknown.code).toBe(8)
  })
})

test('as text it is aligned, without colour outside of a terminal, and says what to do', async () => {
  const outcome = await ossup(['doctor', 'oss://otherbucket/key'], where)
  const lines = outcome.stdout.toString().trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(10)
  for (const line of lines) expect(line).toMatch(/^(?:[✓!✗-] \S.{11} | {15})\S/)
  expect(lines.join('\n')).toMatch(/✗ bucket .*NoSuchBucket/)
  expect(lines.slice(-2)).toEqual([
    '- permission   not tried: first put bucket right',
    '- speed        not tried: first put bucket right',
  ])
  expect(outcome.stderr).toBe('ossup: 1 problem found: bucket\n')
  const quiet = await ossup(['doctor', 'oss://otherbucket/key', '--quiet'], where)
  expect(quiet.stdout.toString()).toMatch(/^✗ bucket /)
})
