// serve() itself: its options, its control API, and what strangers may not do with it.

import { request as send } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type LocalOss, type ServeOptions, serve } from '../../../src/server/index.ts'
import { testKey } from './local.ts'

let oss: LocalOss | undefined
afterEach(async () => {
  await oss?.close()
  oss = undefined
})

async function start(options: ServeOptions = {}): Promise<LocalOss> {
  oss = await serve({ keys: [testKey], buckets: ['examplebucket'], ...options })
  return oss
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

function ask(method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = send(
      { host: '127.0.0.1', port: oss!.port, method, path, headers, agent: false },
      incoming => {
        let body = ''
        incoming.on('data', chunk => {
          body += chunk
        })
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

describe('options', () => {
  it.each([
    [{ bucket: ['examplebucket'] }, /no option 'bucket'.*Did you mean 'buckets'/],
    [{ buckets: ['UPPER_case'] }, /serve: options\.buckets ?\[0\] is ['"]UPPER_case['"].*3 to 63/],
    [{ buckets: ['b'] }, /buckets/],
    [{ buckets: [{ name: 'examplebucket', acl: 'open' }] }, /public-read-write/],
    [{ domains: { 'a.example.com': 'B' } }, /domains/],
    [{ port: 70_000 }, /port.*65535/],
    [{ port: '9000' }, /port/],
    [{ region: 'oss-cn-hangzhou' }, /without oss-/],
    [{ keys: [] }, /at least one/],
    [{ keys: [{ accessKeyId: 'x', secret: 'password' }] }, /^(?!.*password).*keys/],
    [{ cors: ['localhost:5173'] }, /origin/],
    [{ unconfirmed: { failedComplete: 'maybe' } }, /unconfirmedChoices/],
    [{ unconfirmed: { unknown: 'x' } }, /unconfirmed/],
    [{ partSizeMin: 0 }, /partSizeMin/],
    [{ clockSkewMs: Number.NaN }, /clockSkewMs/],
    [{ control: 'yes' }, /true, false/],
    [{ tls: { key: 'x' } }, /PEM/],
    [{ onError: 'x' }, /a function/],
    [{ faults: ['x'] }, /fault rule/],
    [{ domains: new Map([['a.example.com', 'bucket']]) }, /Object\.fromEntries/],
    [{ hosts: [''] }, /hosts ?\[0\]/],
    [{ tls: new Map() }, /PEM/],
    [new Map([['port', 1]]), /plain object/],
  ])('%j are refused before anything is opened', async (options, message) => {
    const refused = serve(options as ServeOptions)
    await expect(refused).rejects.toMatchObject({ name: 'OptionError' })
    await expect(refused).rejects.toThrow(message)
  })

  it('that throw when they are read are refused by name', async () => {
    const fault = () => {
      throw new Error('no')
    }
    const options = Object.defineProperty({}, 'port', { enumerable: true, get: fault })
    await expect(serve(options)).rejects.toThrow(/options\.port cannot be read/)
  })
})

describe('the control API', () => {
  const control = { 'x-ossup-control': '1' }
  const stats = (headers: Record<string, string>) => ask('GET', '/_ossup/stats', headers)

  it.each(['127.0.0.1', 'localhost', '[::1]', 'examplebucket.localhost', 'oss', 'OSS'])(
    'answers under its own name %s',
    async name => {
      const { port } = await start({ control: true, hosts: ['oss'] })
      const host = `${name}:${port}`
      expect((await stats({ ...control, host })).status).toBe(200)
      expect((await stats({ ...control, host, origin: `http://${host}` })).status).toBe(200)
      expect((await stats({ host })).status).toBe(403)
    },
  )

  // A page of evil.example whose name resolves to 127.0.0.1 is of the same site and sends any header.
  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example',
    '',
  ])('does not answer under the name %j', async name => {
    const { port } = await start({ control: true, hosts: ['oss'] })
    const host = `${name}:${port}`
    const answer = await stats({ ...control, host, origin: `http://${host}` })
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('name')])
  })

  it.each(['http://evil.example', 'null', 'http://localhost:1', 'file://', ''])(
    'does not answer a page of %j',
    async origin => {
      const { port } = await start({ control: true })
      const host = `localhost:${port}`
      expect((await stats({ ...control, host, origin })).status).toBe(403)
    },
  )
})

it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'a Host of %s is a name like any other',
  async host => {
    const errors: unknown[] = []
    await start({ domains: { 'files.example.com': 'examplebucket' }, onError: e => errors.push(e) })
    const answer = await ask('GET', '/examplebucket/key', { host })
    expect([answer.status, answer.headers['x-oss-request-id']]).toEqual([403, expect.any(String)])
    expect(errors).toEqual([])
  },
)

describe('web pages', () => {
  const origin = 'http://localhost:5173'
  const preflight = (path: string, from = origin) =>
    ask('OPTIONS', path, {
      origin: from,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,x-oss-date,x-oss-meta-x',
    })

  it('may use every bucket when their origin is given', async () => {
    await start({ cors: [origin, 'http://127.0.0.1:*'], createBuckets: true })
    for (const path of ['/examplebucket/key', '/not-yet-made/key', '/']) {
      expect(await preflight(path)).toMatchObject({
        status: 200,
        headers: {
          'access-control-allow-origin': origin,
          'access-control-allow-methods': 'PUT',
          'access-control-allow-headers': 'authorization, x-oss-date, x-oss-meta-x',
        },
      })
      expect((await preflight(path, 'http://127.0.0.1:8080')).status).toBe(200)
      expect((await preflight(path, 'http://evil.example')).status).toBe(403)
    }
    const refused = await ask('GET', '/examplebucket/key', { origin })
    expect(refused.status).toBe(403)
    expect(refused.headers).toMatchObject({ 'access-control-allow-origin': origin })
    expect(refused.headers['access-control-expose-headers']).toContain('x-oss-request-id')
  })

  it('may not, without', async () => {
    await start()
    expect((await preflight('/examplebucket/key')).status).toBe(403)
    expect((await preflight('/')).status).toBe(403)
  })
})

it('closes connections whose head of a request does not arrive', async () => {
  const { listen } = await import('../../../src/server/http/listener.ts')
  const listener = await listen(async () => ({ status: 200, headers: {} }), {
    host: '127.0.0.1',
    port: 0,
    idleTimeoutMs: 1000,
    headTimeoutMs: 30,
    earlyErrors: 'before-body',
  })
  try {
    for (const start of ['GET / HTTP/1.1\r\nHost: a\r\nX: ', 'GET / HTT']) {
      const socket = connect(listener.port, '127.0.0.1')
      let text = ''
      socket.on('data', chunk => {
        text += chunk
      })
      socket.write(start)
      await new Promise(resolve => socket.on('close', resolve))
      expect(text).toContain('<Code>RequestTimeout</Code>')
    }
  } finally {
    await listener.close(0)
  }
})
