// Every example does what it says, as the process that its users start, against a local OSS. `import 'ossup'`
// in examples/ is this package as it was built.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { root, startProcess } from './command.ts'
import { noise, noiseFile, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const folder = temporaryFolder()
const { oss, env, bytes, bucket } = await localOss({ domains: { localhost: 'examplebucket' } })
afterAll(() => bucket.ports.transport.close())

function example(name: string, args: readonly string[] = [], more: Record<string, string> = {}) {
  const own = { HOME: folder, OSS_BUCKET: 'examplebucket', PORT: '0', ...env, ...more }
  return startProcess([join(root, 'examples', name), ...args], own, folder)
}

async function output(running: ReturnType<typeof example>): Promise<string> {
  const { code, stdout, stderr } = await running.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

/** The address that a server example prints. */
async function addressOf(server: ReturnType<typeof example>): Promise<string> {
  return (await server.saw(/^http\S+$/m)).trim()
}

test('each example has a test and a line in the guide', () => {
  const guide = readFileSync(join(root, 'docs/guide/frameworks.md'), 'utf8')
  const here = readFileSync(import.meta.filename, 'utf8')
  for (const name of readdirSync(join(root, 'examples'))) {
    expect(guide).toContain(`examples/${name}`)
    expect(here).toContain(`example('${name}'`)
  }
})

test('http-endpoint: a body is stored; one that breaks off is not, and goes on', async () => {
  const server = example('http-endpoint.mjs')
  const address = await addressOf(server)
  const body = noise(3_000_000, 7)
  const put = (path: string, cut?: number) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method: 'PUT', headers: { 'content-length': body.length } }
      const request = httpRequest(new URL(path, address), options, resolve).on('error', reject)
      if (cut === undefined) request.end(body)
      else request.write(body.subarray(0, cut), () => request.destroy())
    })
  const answer = await put('a%20b.bin')
  expect([answer.statusCode, JSON.parse(await text(answer))]).toEqual([
    201,
    expect.objectContaining({ key: 'received/a b.bin', size: body.length }),
  ])
  expect((await bytes('received/a b.bin')).equals(body)).toBe(true)
  await expect(put('cut.bin', 2_000_000)).rejects.toThrow()
  await expect(bucket.headObject({ key: 'received/cut.bin' })).rejects.toMatchObject({
    status: 404,
  })
  server.child.kill('SIGTERM')
  await server.ended
})

test('queue-worker: one is killed, the others finish its work', async () => {
  const jobs = join(folder, 'jobs')
  mkdirSync(jobs)
  const files = ['a', 'b', 'c'].map(name => ({
    name,
    content: noiseFile(join(jobs, name), 11 * 1024 ** 2, name.charCodeAt(0)),
  }))
  const args = ['jobs', 'done', 'checkpoints']
  const killed = example('queue-worker.mjs', args)
  while (
    !existsSync(join(folder, 'checkpoints')) ||
    readdirSync(join(folder, 'checkpoints')).length === 0
  ) {
    await new Promise(setImmediate)
  }
  killed.child.kill('SIGKILL')
  await killed.ended
  const said = await Promise.all([1, 2].map(() => output(example('queue-worker.mjs', args))))
  expect(readdirSync(jobs)).toEqual([])
  expect(readdirSync(join(folder, 'done')).sort()).toEqual(['a', 'b', 'c'])
  expect(said.join('').match(/done/g)?.length).toBeGreaterThan(0)
  for (const { name, content } of files) {
    expect((await bytes(`queue/${name}`)).equals(content), name).toBe(true)
  }
})

test('temporary-credentials: tokens that end are replaced', async () => {
  let asked = 0
  const sts = createServer((_request, response) => {
    asked++
    const key = {
      accessKeyId: `STS.${asked}`,
      accessKeySecret: `secret-${asked}`,
      securityToken: `token-${asked}`,
      // The first one has ended by the time OSS sees it.
      expiresAt: Date.now() + (asked === 1 ? -1000 : 3_600_000),
    }
    oss.keys.add(key)
    response.end(
      JSON.stringify({
        AccessKeyId: key.accessKeyId,
        AccessKeySecret: key.accessKeySecret,
        SecurityToken: key.securityToken,
        Expiration: new Date(asked === 1 ? Date.now() + 60_000 : key.expiresAt).toISOString(),
      }),
    )
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => sts.once('listening', resolve))
  const { port } = sts.address() as AddressInfo
  const content = noiseFile(join(folder, 'sts.bin'), 100_000)
  const said = await output(
    example('temporary-credentials.mjs', ['sts.bin'], { STS_URL: `http://127.0.0.1:${port}/` }),
  )
  sts.close()
  expect(said).toBe('sts.bin: 100000 bytes, verified by crc64\n')
  expect(asked).toBe(2)
  expect((await bytes('sts.bin')).equals(content)).toBe(true)
})

test('custom-domain: the URL that is printed gives the file', async () => {
  const content = noiseFile(join(folder, 'logo.svg'), 1000)
  const domain = oss.endpoint.replace('127.0.0.1', 'localhost')
  const args = ['examplebucket', 'cn-hangzhou', domain, 'logo.svg']
  const url = await output(example('custom-domain.mjs', args))
  expect(url).toContain(`${domain}/assets/logo.svg?`)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(new URL(url.trim()), resolve).on('error', reject).end()
  })
  expect([answer.statusCode, await text(answer)]).toEqual([200, content.toString()])
  const head = await bucket.headObject({ key: 'assets/logo.svg' })
  expect([head.size, head.contentType]).toEqual([content.length, 'image/svg+xml'])
  expect(head.headers['cache-control']).toContain('immutable')
})

test.each([
  ['stores a dump that is whole', '-- PostgreSQL database dump complete\n', 0],
  ['stores nothing of an unfinished one', '-- half a table\n', 1],
])('database-dump: %s', async (_what, end, status) => {
  const key = `db-${status}.sql`
  const running = example('database-dump.mjs', [key])
  running.child.stdin?.write(noise(500_000))
  running.child.stdin?.end(end)
  const { code, stderr } = await running.ended
  expect(code).toBe(status)
  if (status === 0) {
    expect(await bucket.headObject({ key })).toMatchObject({
      size: 500_000 + end.length,
      contentType: 'application/sql',
    })
  } else {
    expect(stderr).toContain('before it was complete')
    await expect(bucket.headObject({ key })).rejects.toMatchObject({ status: 404 })
  }
})

test('observing: lines for the log, figures for the metrics', async () => {
  noiseFile(join(folder, 'seen.bin'), 11 * 1024 ** 2)
  const { code, stdout, stderr } = await example('observing.mjs', ['seen.bin']).ended
  expect(code).toBe(0)
  const lines = stderr
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.map(({ level }) => level)).toEqual(['info', 'info'])
  expect(lines[1].message).toMatch(
    /^oss:\/\/examplebucket\/seen\.bin: stored 11534336 bytes in \d+ parts/,
  )
  const figures = JSON.parse(stdout.toString())
  expect(figures.InitiateMultipartUpload).toMatchObject({ requests: 1, failed: 0 })
  expect(figures.UploadPart.requests).toBeGreaterThan(0)
  expect(stderr + stdout).not.toContain(oss.key.accessKeySecret)
})

test('remote-signer: the secret stays where it is, and not everything is signed', async () => {
  const password = { SIGNER_PASSWORD: 'open-sesame' }
  const server = example('signing-server.mjs', [], password)
  const { OSS_ACCESS_KEY_ID: _, OSS_ACCESS_KEY_SECRET: __, ...without } = env
  const here = { OSS_ACCESS_KEY_ID: '', OSS_ACCESS_KEY_SECRET: '', ...without, ...password }
  const SIGNER_URL = await addressOf(server)
  const content = noiseFile(join(folder, 'signed.bin'), 11 * 1024 ** 2, 9)
  const run = (args: string[], more = {}) =>
    example('remote-signer.mjs', args, { ...here, SIGNER_URL, ...more })
  expect(await output(run(['signed.bin']))).toBe('users/ada/signed.bin: 11534336 bytes\n')
  expect((await bytes('users/ada/signed.bin')).equals(content)).toBe(true)
  for (const refused of [
    run(['signed.bin', 'users/bob/']),
    run(['signed.bin'], { SIGNER_PASSWORD: 'open-barley' }),
  ]) {
    const { code, stderr } = await refused.ended
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not sign this')])
  }
  server.child.kill('SIGTERM')
  await server.ended
})

test('pause-and-resume: it pauses, goes on, and can be given up', async () => {
  writeFileSync(join(folder, 'paused.bin'), noise(12 * 1024 ** 2, 4))
  const said = await output(example('pause-and-resume.mjs', ['paused.bin']))
  const [first, second, ...rest] = said.trim().split('\n')
  expect([first, ...rest]).toEqual(['paused', 'paused', 'discarded: true'])
  expect(Number(/^done: (\d+) of 12582912 bytes/.exec(second ?? '')?.[1])).toBeGreaterThan(
    3_000_000,
  )
  const { uploads } = await bucket.listMultipartUploads({ prefix: 'paused.bin' })
  expect(uploads).toEqual([])
})
