// The server on a real socket: what arrives is not always a tidy request.

import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LocalOss, type ServeOptions, serve } from '../../../../src/server/index.ts'
import { build, seeded, testKey } from '../local.ts'

let oss: LocalOss
const errors: unknown[] = []
const sockets: Socket[] = []

async function start(options: ServeOptions = {}): Promise<void> {
  oss = await serve({
    keys: [testKey],
    buckets: ['examplebucket'],
    onError: error => errors.push(error),
    ...options,
  })
}

beforeEach(() => {
  errors.length = 0
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await oss.close()
  expect(errors).toEqual([])
})

function open(): Socket {
  const socket = connect(oss.port, '127.0.0.1')
  socket.on('error', () => {})
  sockets.push(socket)
  return socket
}

/** Sends bytes and resolves to everything that came back until the server closed or a moment passed. */
function exchange(
  bytes: string | Uint8Array,
  until: (text: string) => boolean = () => false,
): Promise<string> {
  const socket = open()
  let text = ''
  return new Promise(resolve => {
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
      if (until(text)) socket.destroy()
    })
    socket.on('close', () => resolve(text))
    socket.write(bytes)
  })
}

/** A signed request's head, as bytes on the wire. */
function head(method: string, key: string, headers: Record<string, string>): string {
  const request = build({ method, bucket: 'examplebucket', key, headers }, Date.now())
  const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${request.target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

const isAnswered = (text: string) => text.includes('\r\n\r\n')

async function status(key: string): Promise<string> {
  return (await exchange(head('HEAD', key, {}), isAnswered)).slice(9, 12)
}

describe('bodies', () => {
  it('come after 100 Continue, when they are wanted', async () => {
    await start()
    const socket = open()
    socket.write(head('PUT', 'key', { 'content-length': '4', expect: '100-continue' }))
    let text = ''
    await new Promise<void>(resolve => {
      socket.on('data', chunk => {
        text += chunk
        if (text.endsWith('100 Continue\r\n\r\n')) socket.write('text')
        if (text.includes('200 OK')) resolve()
      })
    })
    expect(await status('key')).toBe('200')
  })

  it('are not asked for when the answer is an error', async () => {
    await start()
    const unsigned = 'PUT /examplebucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\n'
    const text = await exchange(`${unsigned}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`)
    expect(text).toContain('403 Forbidden')
    expect(text).not.toContain('100 Continue')
  })

  it('are asked for even so, where that is chosen', async () => {
    await start({ unconfirmed: { earlyErrors: 'after-body' } })
    const unsigned = 'PUT /examplebucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\n'
    const socket = open()
    socket.write(`${unsigned}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`)
    let text = ''
    await new Promise<void>(resolve => {
      socket.on('data', chunk => {
        text += chunk
        if (text.endsWith('100 Continue\r\n\r\n')) socket.write('text')
        if (text.includes('</Error>')) resolve()
      })
    })
    expect(text).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 403 /)
  })

  it('that break off store nothing', async () => {
    await start()
    const socket = open()
    socket.write(head('PUT', 'key', { 'content-length': '1000' }))
    socket.write('half')
    await new Promise(resolve => setImmediate(resolve))
    socket.destroy()
    expect(await status('key')).toBe('404')
  })

  it('that drip are answered with RequestTimeout: a byte now and then is no progress', async () => {
    await start({ idleTimeoutMs: 50 })
    const socket = open()
    let text = ''
    const answered = new Promise<void>(resolve => {
      socket.on('data', chunk => {
        text += chunk
        if (text.includes('</Error>')) resolve()
      })
      socket.on('close', resolve)
    })
    socket.write(head('PUT', 'drip', { 'content-length': '100000' }))
    const drip = setInterval(() => socket.write('x'), 5)
    await answered
    clearInterval(drip)
    socket.destroy()
    expect(text).toContain('<Code>RequestTimeout</Code>')
    expect(await status('drip')).toBe('404')
  })

  it('that stall are answered with RequestTimeout', async () => {
    await start({ idleTimeoutMs: 50 })
    const text = await exchange(`${head('PUT', 'key', { 'content-length': '9' })}half`, whole =>
      whole.includes('</Error>'),
    )
    expect(text).toContain('400 Bad Request')
    expect(text).toContain('<Code>RequestTimeout</Code>')
  })

  it('that were not read do not keep the answer from the client', async () => {
    await start()
    const size = 8 * 1024 * 1024
    const unsigned = `PUT /examplebucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${size}\r\n\r\n`
    const bytes = Buffer.concat([Buffer.from(unsigned), Buffer.alloc(size)])
    expect(await exchange(bytes, text => text.includes('</Error>'))).toContain('AccessDenied')
  })

  it('may be chunked', async () => {
    await start()
    const text = await exchange(
      `${head('PUT', 'key', { 'transfer-encoding': 'chunked' })}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
      isAnswered,
    )
    expect(text).toContain('200 OK')
    expect(text).toContain('"AB56B4D92B40713ACC5AF89985D4B786"')
  })
})

describe('heads', () => {
  it('carry UTF-8', async () => {
    await start()
    const raw = Buffer.from(
      head('PUT', 'key', { 'content-length': '0', 'x-oss-meta-n': 'Jörg 中' }),
    )
    const text = await exchange(raw, isAnswered)
    expect(text).toContain('200 OK')
    const read = await exchange(head('HEAD', 'key', {}), isAnswered)
    expect(Buffer.from(read, 'latin1').toString()).toContain('x-oss-meta-n: Jörg 中')
  })

  it('that are no HTTP get 400', async () => {
    await start()
    expect(await exchange('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*BadRequest/s)
  })

  it.each([
    '/examplebucket/../../../../etc/passwd',
    '/../../etc/passwd',
    '/examplebucket/%2e%2e%2f%2e%2e%2fetc',
  ])('with the path %s stay in their bucket', async path => {
    await start()
    const text = await exchange(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, isAnswered)
    expect(text).toMatch(/^HTTP\/1\.1 (400|403|404) /)
    expect(text).not.toContain('root:')
  })
})

describe('faults on the wire', () => {
  it('lose answers by closing the connection', async () => {
    await start({ faults: [{ kind: 'lose-answer', operations: ['PutObject'] }] })
    expect(await exchange(head('PUT', 'key', { 'content-length': '0' }))).toBe('')
    expect(await status('key')).toBe('200')
  })

  it('cut answers', async () => {
    await start({ faults: [{ kind: 'cut-answer', operations: ['GetObject'], afterBytes: 2 }] })
    await exchange(`${head('PUT', 'key', { 'content-length': '4' })}text`, isAnswered)
    const text = await exchange(head('GET', 'key', {}))
    expect(text).toMatch(/content-length: 4/i)
    expect(text.slice(text.indexOf('\r\n\r\n') + 4).length).toBeLessThan(4)
  })
})

describe('the control API', () => {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers = { 'x-ossup-control': '1' },
  ) => {
    const answer = await fetch(`${oss.endpoint}/_ossup/${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, text: await answer.text() }
  }

  it('is off unless asked for', async () => {
    await start()
    expect((await call('GET', 'stats')).text).toContain('InvalidBucketName')
  })

  it('sets faults, keys and the clock, and tells what happened', async () => {
    await start({ control: true })
    expect((await call('GET', 'stats', undefined, {} as never)).status).toBe(403)
    await call('PUT', 'faults', [
      { kind: 'error', operations: ['HeadObject'], status: 502, times: 1 },
    ])
    expect(await status('key')).toBe('502')
    expect(await status('key')).toBe('404')
    expect(JSON.parse((await call('GET', 'stats')).text).operations.HeadObject.requests).toBe(2)
    await call('PUT', 'clock', { skewMs: 3_600_000 })
    expect(await status('key')).toBe('403')
    await call('PUT', 'clock', { skewMs: 0 })
    await call('DELETE', 'key', { accessKeyId: testKey.accessKeyId })
    expect(await status('key')).toBe('403')
    await call('PUT', 'key', testKey)
    expect(await status('key')).toBe('404')
    expect((await call('PUT', 'faults', { kind: 1 })).status).toBe(400)
    expect((await call('GET', 'else')).status).toBe(404)
  })
})

describe('garbage', () => {
  it('of every kind gets an answer or a closed connection, and never an error of the server', async () => {
    await start({ idleTimeoutMs: 20 })
    const random = seeded(42)
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(random.next() * items.length)]!
    const noise = (length: number) =>
      String.fromCharCode(...Array.from({ length }, () => Math.floor(random.next() * 256)))
    const words = [
      'uploads',
      'uploadId=',
      'partNumber=1',
      'delete',
      'cors',
      'acl',
      'list-type=2',
      'max-keys=9',
      '%',
      '%00',
      '=',
      '&&',
    ]
    for (let round = 0; round < 200; round++) {
      const query = Array.from({ length: Math.floor(random.next() * 4) }, () => pick(words)).join(
        '&',
      )
      const path = pick([
        '/',
        '/examplebucket',
        '/examplebucket/',
        '/examplebucket/key',
        '/examplebucket/%ff%fe',
        '//',
        '/*',
        `/${'x'.repeat(3000)}`,
      ])
      const body = pick([
        '',
        '<Delete>',
        '<CompleteMultipartUpload><Part/></CompleteMultipartUpload>',
        noise(50),
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<a>'.repeat(500),
      ])
      const bad = pick([
        '',
        `x-oss-meta-a: ${noise(20).replaceAll(/[\r\n\0]/g, '')}`,
        'Range: bytes=-',
        'Content-MD5: x',
        'x-oss-copy-source: /',
        'Authorization: OSS x',
        'x-oss-callback: e30=',
      ])
      const length = pick([body.length, body.length, body.length, body.length + 5])
      const method = pick(['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])
      const isSigned = random.next() < 0.7
      const signed = build(
        {
          method,
          bucket: 'examplebucket',
          key: 'key',
          ...(query !== '' && { query: query.replaceAll('&&', '') }),
        },
        Date.now(),
      )
      const target = isSigned ? signed.target : `${path}?${query}`
      const headers = Object.entries(isSigned ? signed.headers : { host: '127.0.0.1' }).map(
        ([name, value]) => `${name}: ${value}`,
      )
      const lines = [
        `${method} ${target} HTTP/1.1`,
        ...headers,
        `Content-Length: ${length}`,
        ...(bad === '' ? [] : [bad]),
      ]
      const text = await exchange(
        Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'),
        whole => isAnswered(whole),
      )
      expect(text).toMatch(/^$|^HTTP\/1\.1 (?!5)/)
    }
    expect(await status('absent')).toBe('404')
  })

  it('in great number: idle connections cost little and hinder nobody', async () => {
    await start()
    await Promise.all(
      Array.from({ length: 500 }, () => new Promise(resolve => open().on('connect', resolve))),
    )
    expect(await status('absent')).toBe('404')
  })
})

describe('framing', () => {
  // The official C SDK sends both with every body.
  it('F136 takes Content-Length with chunks, which count, and closes the connection', async () => {
    await start()
    const headers = { 'content-length': '9', 'transfer-encoding': 'chunked' }
    const next = head('HEAD', 'key', {})
    const text = await exchange(`${head('PUT', 'key', headers)}4\r\ntext\r\n0\r\n\r\n${next}`)
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(text).toContain('Connection: close')
    const found = await exchange(head('HEAD', 'key', {}), isAnswered)
    expect(found).toContain('Content-Length: 4\r\n')
  })

  it.each([
    ['Content-Length: 1\r\nContent-Length: 2'],
    ['Content-Length: +1'],
    ['Content-Length: -1'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: gzip, chunked'],
    ['Transfer-Encoding : chunked'],
    ['Host: other.localhost'],
    ['X-A: a\u0001b'],
    ['X A: b'],
    ['Authorization: OSS a:b\r\nAuthorization: OSS c:d'],
  ])('refuses what can be read in two ways: %j', async lines => {
    await start()
    const text = await exchange(
      `PUT /examplebucket/key HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n\r\na`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })

  it('F137 answers GET with an announced body, and closes the connection', async () => {
    await start()
    const text = await exchange(head('GET', 'absent', { 'content-length': '5' }))
    expect(text).toMatch(/^HTTP\/1\.1 404 /)
    expect(text).toContain('Connection: close')
  })

  it('F138 writes the names of headers as OSS does', async () => {
    await start()
    const text = await exchange(`${head('PUT', 'key', { 'content-length': '4' })}text`, found =>
      found.includes('200 OK'),
    )
    for (const name of [
      'Content-Length',
      'ETag',
      'Content-MD5',
      'Date',
      'Server',
      'x-oss-request-id',
    ]) {
      expect(text).toContain(`\r\n${name}: `)
    }
    const found = await exchange(head('HEAD', 'key', {}), isAnswered)
    expect(found).toContain('\r\nLast-Modified: ')
  })
})
