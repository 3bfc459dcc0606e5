// A signed URL does what it was signed for, with any client, and nothing else.

import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { jsonLines, ossup } from './command.ts'
import { localOss } from './local-oss.ts'

const { env, bucket, bytes, oss } = await localOss()
const key = 'dir/ü +%2F?.txt'
const address = `oss://examplebucket/${key}`
await bucket.putObject({ key, body: new TextEncoder().encode('content') })

/** Runs the command in this process. */
async function signed(args: readonly string[], over: Record<string, string> = {}) {
  const shown = { out: '', err: '' }
  const collect = (name: 'out' | 'err') => ({
    write(data: string | Uint8Array, done?: () => void) {
      shown[name] += data
      done?.()
      return true
    },
    on: () => {},
  })
  const signals = new EventEmitter()
  const code = await main(['sign', ...args], {
    env: { ...env, ...over },
    stdin: (async function* () {})(),
    stdout: collect('out'),
    stderr: collect('err'),
    on: signals.on.bind(signals),
    off: signals.off.bind(signals),
    exit: () => {},
  })
  return { code, url: shown.out.trimEnd(), ...shown }
}

test('the URL alone is on standard output, and reads the object', async () => {
  const { code, stdout, stderr } = await ossup(['sign', address], env)
  expect(code).toBe(0)
  expect(stderr).toMatch(/^GET oss:.* until \S+ \S+Z\n$/)
  const url = stdout.toString()
  expect(url).toMatch(/^http:\S+\n$/)
  expect(await (await fetch(url.trimEnd())).text()).toBe('content')
  expect((await fetch(url.trimEnd(), { method: 'PUT', body: 'x' })).status).toBe(403)
})

test('to store an object, the headers that were signed have to come', async () => {
  const put = 'oss://examplebucket/put'
  const headers = { 'content-type': 'text/x', 'cache-control': 'no-cache', 'x-oss-meta-a': 'b' }
  const flags = Object.entries(headers).flatMap(([name, value]) => [
    '--headers',
    `${name}=${value}`,
  ])
  const { url } = await signed([put, '--method', 'PUT', ...flags])
  const send = async (headers: Record<string, string>) =>
    (await fetch(url, { method: 'PUT', body: 'new', headers })).status
  expect(await send({ ...headers, 'cache-control': 'no-store' })).toBe(403)
  expect(await send({ 'content-type': 'text/x', 'cache-control': 'no-cache' })).toBe(403)
  expect(await send(headers)).toBe(200)
  expect((await bytes('put')).toString()).toBe('new')
})

test('JSON says when it expires', async () => {
  const before = Math.floor(Date.now() / 1000) * 1000
  const outcome = await ossup(['sign', address, '--expires', '10m', '--json'], env)
  const [result, ...more] = jsonLines(outcome)
  expect(more).toEqual([])
  expect(result).toMatchObject({ type: 'result', key, method: 'GET', headers: {} })
  const expiresAt = Number(result?.expiresAt)
  expect(expiresAt).toBeGreaterThanOrEqual(before + 600_000)
  expect(expiresAt).toBeLessThanOrEqual(Date.now() + 600_000)
})

test.each([
  [['--expires', '8d'], /--expires is '8d'\nAllowed: 1s to 7d\./],
  [['--expires', '0s'], /--expires is '0s'/],
  [['--method', 'DELETE'], /Allowed: GET, PUT/],
])('%j is refused', async (flags, pattern) => {
  const { code, err, out } = await signed([address, ...flags])
  expect(err).toMatch(pattern)
  expect([code, out]).toEqual([2, ''])
})

test('temporary credentials end the URL with them, and that is said', async () => {
  const { url, err } = await signed([address], { OSS_SESSION_TOKEN: 'token' })
  expect(new URL(url).searchParams.get('x-oss-security-token')).toBe('token')
  expect(err).toMatch(/warning: the credentials are temporary: the URL ends with them/)
  expect((await signed([address])).err).not.toContain('warning')
  expect(err).not.toContain(oss.key.accessKeySecret)
})
