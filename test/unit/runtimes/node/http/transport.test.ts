import { getEventListeners } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Body, HttpRequest, HttpResponse, Transport } from '../../../../../src/ports.ts'
import { nodeTransport } from '../../../../../src/runtimes/node/http/transport.ts'
import { answering, type OnData, ok, type RawServer, rawServer } from '../raw-server.ts'

const cleanUps: (() => unknown)[] = []
let transport: Transport
beforeEach(() => {
  transport = nodeTransport()
  cleanUps.push(() => transport.close())
})
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function serve(
  onData: OnData,
  onConnect?: Parameters<typeof rawServer>[1],
): Promise<RawServer> {
  const server = await rawServer(onData, onConnect)
  cleanUps.push(() => server.close())
  return server
}

const idleTimeoutMs = 10_000

function request(server: { origin: string }, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', origin: server.origin, target: '/', headers: {}, ...more }
}

async function text(response: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** A body of counted bytes; `onRead` may throw or wait. */
function countedBody(
  size: number,
  onRead: (reads: number) => unknown = () => {},
  most = 1e9,
): Body & { reads: number } {
  let done = 0
  const body = {
    size,
    reads: 0,
    async read(into: Uint8Array) {
      body.reads += 1
      await onRead(body.reads)
      const count = Math.min(into.length, most, size - done)
      for (let index = 0; index < count; index += 1) into[index] = (done + index) % 251
      done += count
      return count
    },
  }
  return body
}

const expected = (size: number) => new Uint8Array(size).map((_, index) => index % 251)

describe('on the wire', () => {
  test.each(['/a//b', '/../x', '/%2F', '/./a?x=%20&y&z=', '/bucket/%E4%B8%AD?uploads', "/a!'()*~"])(
    'the target %s goes as it is',
    async target => {
      const server = await serve(answering(() => ok))
      await transport.send(request(server, { target }), { idleTimeoutMs })
      expect(server.received().toString().split('\r\n')[0]).toBe(`GET ${target} HTTP/1.1`)
    },
  )

  test('headers go as UTF-8, with host and length', async () => {
    const server = await serve(answering(() => ok))
    const headers = {
      'content-disposition': 'attachment; filename="日本.txt"',
      'x-oss-meta-a': 'ü 中',
      host: 'forged',
      'content-length': '99',
    }
    await transport.send(
      request(server, { method: 'PUT', headers, body: new Uint8Array([65, 66]) }),
      { idleTimeoutMs },
    )
    const [first, ...lines] = server.received().toString('utf8').split('\r\n')
    expect(first).toBe('PUT / HTTP/1.1')
    expect(lines).toEqual([
      `host: ${new URL(server.origin).host}`,
      'content-disposition: attachment; filename="日本.txt"',
      'x-oss-meta-a: ü 中',
      'accept-encoding: identity',
      'content-length: 2',
      'connection: keep-alive',
      '',
      'AB',
    ])
  })

  test.each([
    { method: 'PUT', body: undefined, length: '0' },
    { method: 'POST', body: undefined, length: '0' },
    { method: 'PUT', body: new Uint8Array(), length: '0' },
    { method: 'PUT', body: countedBody(0), length: '0' },
    { method: 'DELETE', body: undefined, length: undefined },
    { method: 'GET', body: undefined, length: undefined },
    { method: 'POST', body: new Uint8Array(3), length: '3' },
  ])('$method has the length $length', async ({ method, body, length }) => {
    const server = await serve(answering(() => ok))
    await transport.send(request(server, { method, ...(body === undefined ? {} : { body }) }), {
      idleTimeoutMs,
    })
    expect(/\r\ncontent-length: (\d+)\r\n/.exec(server.received().toString())?.[1]).toBe(length)
  })

  test.each([
    ['a blank in the target', { target: '/a b' }],
    ['a line break in the target', { target: '/a\r\nx: y' }],
    ['a target without a slash', { target: 'a' }],
    ['a method with a blank', { method: 'GET /x' }],
    ['an origin with a path', { origin: 'http://127.0.0.1:1/x' }],
  ])('%s is refused before anything is sent', async (_what, more) => {
    const server = await serve(answering(() => ok))
    await expect(transport.send(request(server, more), { idleTimeoutMs })).rejects.toThrow(
      TypeError,
    )
    expect(server.connections).toBe(0)
  })

  const secret = 'hunter2'
  test.each([
    ['a line break in a value', 'INVALID_HEADERS', { headers: { x: `a\r\ny: ${secret}` } }],
    ['a NUL in a value', 'INVALID_HEADERS', { headers: { x: `${secret}\0` } }],
    ['a line break in a name', 'INVALID_HEADERS', { headers: { 'x\r\ny': 'z' } }],
    ['an upper-case name', 'INVALID_HEADERS', { headers: { X: 'z' } }],
    ['a body of no size', 'INVALID_BODY', { body: JSON.parse('{"read":1}') }],
    ['a body of half a byte', 'INVALID_BODY', { body: { size: 0.5, read: () => 0 } }],
  ])('%s is an OptionError', async (_what, code, more) => {
    const server = await serve(answering(() => ok))
    const sending = transport.send(request(server, { method: 'PUT', ...more }), { idleTimeoutMs })
    const error: unknown = await sending.catch(thrown => thrown)
    expect(error).toMatchObject({ name: 'OptionError', code })
    expect(String(error)).not.toContain(secret)
    expect(server.connections).toBe(0)
  })
})

describe('bodies', () => {
  test.each([1, 1000, 512 * 1024, 512 * 1024 + 1, 3_000_000])(
    'of %i bytes arrive whole',
    async size => {
      const server = await serve(answering(() => ok))
      for (const body of [
        countedBody(size),
        countedBody(size, undefined, 100_000),
        expected(size),
      ]) {
        const before = server.received().length
        let told = 0
        const onBytesSent = (bytes: number) => {
          told += bytes
        }
        const response = await transport.send(request(server, { method: 'PUT', body }), {
          idleTimeoutMs,
          onBytesSent,
        })
        expect([response.status, told]).toEqual([200, size])
        const sent = server.received().subarray(before)
        expect(sent.subarray(sent.indexOf('\r\n\r\n') + 4).equals(expected(size))).toBe(true)
      }
      expect(server.connections).toBe(1)
    },
  )

  test('are read no further than the connection takes them', async () => {
    const server = await serve(
      () => {},
      socket => socket.pause(),
    )
    const body = countedBody(1e9)
    const controller = new AbortController()
    const sending = transport.send(request(server, { method: 'PUT', body }), {
      idleTimeoutMs: 200,
      signal: controller.signal,
    })
    await expect(sending).rejects.toMatchObject({ code: 'STALLED', sent: 'maybe' })
    // The kernel's buffers on loopback take a few MiB.
    expect(body.reads).toBeLessThan(100)
  })

  test.each([1, 3])('that throw at read %i destroy the connection', async failing => {
    const server = await serve(() => {})
    const failure = new Error('disk gone')
    const body = countedBody(4_000_000, reads => {
      if (reads === failing) throw failure
    })
    const sending = transport.send(request(server, { method: 'PUT', body }), { idleTimeoutMs })
    await expect(sending).rejects.toBe(failure)
    expect(body.reads).toBe(failing)
    await server.until(() => server.connections === 1 && server.endings.length === 1)
    expect(server.received().length).toBeLessThan(4_000_000)
  })

  test.each([0, -1, 1.5, 4_000_001])('that give %d bytes are refused', async count => {
    const server = await serve(() => {})
    const body = { size: 4_000_000, read: async () => count }
    const sending = transport.send(request(server, { method: 'PUT', body }), { idleTimeoutMs })
    await expect(sending).rejects.toMatchObject({ code: 'INVALID_BODY' })
  })
})

describe('answers', () => {
  test('with a body, headers and UTF-8', async () => {
    const server = await serve(
      answering(() =>
        Buffer.from(
          'HTTP/1.1 404 Not Found\r\nX-Oss-Meta-A: ü\r\ncontent-length: 5\r\n\r\nhello',
        ).toString('utf8'),
      ),
    )
    const response = await transport.send(request(server), { idleTimeoutMs })
    expect(response.status).toBe(404)
    expect(response.headers).toEqual({ 'x-oss-meta-a': 'ü', 'content-length': '5' })
    expect(await text(response)).toBe('hello')
  })

  test('in chunks, and after 100 Continue', async () => {
    const server = await serve(
      answering(
        () =>
          'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
      ),
    )
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await text(await transport.send(request(server), { idleTimeoutMs }))).toBe('abcde')
    }
    expect(server.connections).toBe(1)
  })

  test('of many MiB wait for their reader', async () => {
    const size = 20_000_000
    const server = await serve(
      answering(() => `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`),
    )
    for (let turn = 0; turn < 2; turn += 1) {
      const response = await transport.send(request(server), { idleTimeoutMs })
      let got = 0
      for await (const chunk of response.body) {
        got += chunk.length
        await new Promise(setImmediate)
      }
      expect(got).toBe(size)
    }
    expect(server.connections).toBe(1)
  })

  test('that fill the buffer with their last byte leave the connection reading', async () => {
    const size = 256 * 1024
    const server = await serve(
      answering(() => `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`),
    )
    for (let index = 0; index < 3; index += 1) {
      const response = await transport.send(request(server), { idleTimeoutMs })
      // Unread until it is whole and the connection is at rest.
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
      expect((await text(response)).length).toBe(size)
    }
    expect(server.connections).toBe(1)
  })

  test('left in the middle close the connection', async () => {
    const server = await serve(
      answering(() => `HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n${'x'.repeat(1000)}`),
    )
    const response = await transport.send(request(server), { idleTimeoutMs })
    for await (const _chunk of response.body) break
    await server.until(() => server.endings.length === 1)
  })

  test('before the body was sent are given, the rest is not sent', async () => {
    const answer = 'HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno'
    for (const closes of [true, false]) {
      const answered = new WeakSet()
      const server = await serve(socket => {
        if (answered.has(socket)) return
        answered.add(socket)
        socket.write(answer)
        if (closes) setImmediate(() => socket.destroy())
      })
      const body = countedBody(500_000_000, () => new Promise(setImmediate))
      const response = await transport.send(request(server, { method: 'PUT', body }), {
        // Only the answer's end may end it, never a stall.
        idleTimeoutMs: 600_000,
      })
      expect([response.status, await text(response)]).toEqual([403, 'no'])
      const { reads } = body
      await server.until(() => closes || server.endings.length === 1)
      await transport.send(request(server), { idleTimeoutMs })
      expect(server.connections).toBe(2)
      expect(body.reads).toBeLessThanOrEqual(reads + 1)
    }
  })
})

describe('connections', () => {
  test('are kept for the next request', async () => {
    const server = await serve(
      answering((_request, index) => `HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n${index}`),
    )
    for (let index = 0; index < 9; index += 1) {
      const response = await transport.send(
        request(server, { method: 'PUT', body: countedBody(1000) }),
        { idleTimeoutMs },
      )
      expect(await text(response)).toBe(String(index))
    }
    expect(server.connections).toBe(1)
  })

  test.each([
    ['the answer says so', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'],
    ['it is HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'],
    [
      'the server keeps it for a second only',
      'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n',
    ],
    ['more came than was asked for', `${ok}HTTP/1.1 200 OK\r\n`],
  ])('are not kept when %s', async (_when, answer) => {
    const server = await serve(answering(() => answer))
    for (let index = 0; index < 3; index += 1) {
      await transport.send(request(server), { idleTimeoutMs })
    }
    expect(server.connections).toBe(3)
  })

  test('that the server closed at rest are not used', async () => {
    const server = await serve((socket, all) => answering(() => ok)(socket, all, 0) ?? socket.end())
    for (let index = 0; index < 3; index += 1) {
      await transport.send(request(server), { idleTimeoutMs })
      await server.until(() => server.endings.length === index + 1)
    }
    expect(server.connections).toBe(3)
  })

  test('at rest are closed by close, those in use are not', async () => {
    let release = () => {}
    const server = await serve((socket, all) => {
      if (all.includes('/slow')) release = () => socket.write(ok)
      else socket.write(ok)
    })
    const slow = transport.send(request(server, { target: '/slow' }), { idleTimeoutMs })
    await server.until(() => server.received().includes('/slow'))
    await transport.send(request(server), { idleTimeoutMs })
    transport.close()
    await server.until(() => server.endings.length === 1)
    release()
    expect((await slow).status).toBe(200)
  })

  test('are as many as requests: 500 at once, with one signal', async () => {
    const server = await serve(answering(() => ok))
    const { signal } = new AbortController()
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const responses = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        transport.send(
          request(server, { method: 'PUT', target: `/${index}`, body: countedBody(2000) }),
          { idleTimeoutMs, signal },
        ),
      ),
    )
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await new Promise(setImmediate)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  test('leave no timer and no socket behind that keeps the process', async () => {
    const server = await serve(answering(() => ok))
    const before = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    await transport.send(request(server, { method: 'PUT', body: countedBody(10) }), {
      idleTimeoutMs,
    })
    const after = process.getActiveResourcesInfo()
    expect(after.filter(name => name === 'Timeout').length).toBeLessThanOrEqual(before)
  })
})

describe('failures', () => {
  const cases: { what: string; onData: OnData; code: string; size?: number }[] = [
    {
      what: 'a reset in mid-body',
      onData: socket => socket.resetAndDestroy(),
      code: 'CONNECTION_LOST',
      size: 50_000_000,
    },
    {
      what: 'a reset before the answer',
      onData: socket => socket.resetAndDestroy(),
      code: 'CONNECTION_LOST',
    },
    { what: 'a close before the answer', onData: socket => socket.end(), code: 'CONNECTION_LOST' },
    {
      what: 'half a head',
      onData: socket => socket.end('HTTP/1.1 200 OK\r\nx'),
      code: 'CONNECTION_LOST',
    },
    { what: 'garbage', onData: socket => socket.write('\x15\x03\x01garbage'), code: 'BAD_ANSWER' },
    {
      what: 'ambiguous lengths',
      onData: socket =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'),
      code: 'BAD_ANSWER',
    },
    {
      what: 'a change of protocol',
      onData: socket => socket.write('HTTP/1.1 101 X\r\n\r\n'),
      code: 'BAD_ANSWER',
    },
    { what: 'silence', onData: () => {}, code: 'STALLED' },
  ]
  for (const { what, onData, code, size = 10 } of cases) {
    test(`${what} is ${code}`, async () => {
      const server = await serve(onData)
      const sending = transport.send(request(server, { method: 'PUT', body: countedBody(size) }), {
        idleTimeoutMs: code === 'STALLED' ? 100 : idleTimeoutMs,
      })
      await expect(sending).rejects.toMatchObject({
        name: 'NetworkError',
        code,
        sent: 'maybe',
        retryable: true,
      })
    })
  }

  test.each([
    ['with a length', 'content-length: 100'],
    ['in chunks', 'transfer-encoding: chunked'],
  ])('half an answer %s fails its reader', async (_what, header) => {
    const server = await serve(socket => socket.end(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n5\r\nab`))
    const response = await transport.send(request(server), { idleTimeoutMs })
    await expect(text(response)).rejects.toMatchObject({ code: 'CONNECTION_LOST', sent: 'maybe' })
  })

  test('an answer that stops coming is a stall for its reader', async () => {
    const server = await serve(socket =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1'),
    )
    const response = await transport.send(request(server), { idleTimeoutMs: 100 })
    await expect(text(response)).rejects.toMatchObject({ code: 'STALLED' })
  })

  test('whose reader takes its time does not stall', async () => {
    const size = 20_000_000
    const server = await serve(socket => {
      const asked = server.received().toString('latin1')
      if (asked.includes('GET /silent')) return
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`)
      socket.write(Buffer.alloc(size))
    })
    const patience = { idleTimeoutMs: 100 }
    const { body } = await transport.send(request(server), patience)
    const reader = body[Symbol.asyncIterator]()
    let received = (await reader.next()).value.length
    // A later request with the same timeout would have failed twice in the time that passes.
    for (let silent = 0; silent < 2; silent += 1) {
      const sending = transport.send(request(server, { target: '/silent' }), patience)
      await expect(sending).rejects.toMatchObject({ code: 'STALLED' })
    }
    for (let next = await reader.next(); !next.done; next = await reader.next()) {
      received += next.value.length
    }
    expect(received).toBe(size)
  })

  /** Sends one piece of the answer every 10 ms, without an end. */
  const dripping = (piece: (index: number) => string) =>
    serve(socket => {
      let at = 0
      const drip = setInterval(() => {
        if (socket.destroyed) clearInterval(drip)
        else socket.write(piece(at++))
      }, 10)
      socket.on('close', () => clearInterval(drip))
    })

  test('a slow line is alive', async () => {
    const body = 'x'.repeat(20)
    const server = await serve(socket => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
      let sent = 0
      const drip = setInterval(() => {
        socket.write(body)
        sent += body.length
        if (sent === 1000) clearInterval(drip)
      }, 10)
    })
    const response = await transport.send(request(server), { idleTimeoutMs: 200 })
    expect(await text(response)).toHaveLength(1000)
  })

  test('a head that drips is a stall', async () => {
    const server = await dripping(index => 'HTTP/1.1 200 OK\r\nx-a: '[index] ?? 'z')
    const sending = transport.send(request(server), { idleTimeoutMs: 100 })
    await expect(sending).rejects.toMatchObject({ code: 'STALLED', sent: 'maybe' })
  })

  test('a body that drips is a stall', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n'
    const server = await dripping(index => (index === 0 ? head : index % 8 === 0 ? 'z' : ''))
    const response = await transport.send(request(server), { idleTimeoutMs: 100 })
    await expect(text(response)).rejects.toMatchObject({ code: 'STALLED' })
  })

  test('an answer that is only ever announced is refused', async () => {
    const server = await dripping(() => 'HTTP/1.1 102 Processing\r\n\r\n')
    const sending = transport.send(request(server), { idleTimeoutMs })
    await expect(sending).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  })

  test.each([
    ['an alert', (socket: Socket) => socket.write(Buffer.from([0x15, 0x03, 0x03, 0, 2, 2, 70]))],
    ['a closed connection', (socket: Socket) => socket.end()],
  ])('a TLS server at an http endpoint, by %s: the hint names https', async (_, reply) => {
    const server = await serve(socket => reply(socket))
    const sending = transport.send(request(server), { idleTimeoutMs })
    await expect(sending).rejects.toMatchObject({ hint: expect.stringContaining('https://') })
  })

  test('bare line feeds are not HTTP', async () => {
    const server = await serve(socket => socket.write('HTTP/1.1 200 OK\netag: x\n\n'))
    const sending = transport.send(request(server), { idleTimeoutMs })
    await expect(sending).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  })

  test('a refused connection says so, and that nothing was sent', async () => {
    const server = await rawServer(() => {})
    await server.close()
    const body = countedBody(10)
    const sending = transport.send(request(server, { method: 'PUT', body }), { idleTimeoutMs })
    await expect(sending).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      sent: 'nothing',
      message: expect.stringContaining('refused'),
    })
    expect(body.reads).toBe(0)
  })

  test('an invalid host says so', async () => {
    const sending = transport.send(request({ origin: 'http://ossup.invalid' }), { idleTimeoutMs })
    await expect(sending).rejects.toMatchObject({ code: 'CONNECT_FAILED', sent: 'nothing' })
  })

  test('a reset of a connection that was used before is not sent again by itself', async () => {
    const server = await serve((socket, all) => {
      if (all.includes('/second')) socket.resetAndDestroy()
      else socket.write(ok)
    })
    await transport.send(request(server), { idleTimeoutMs })
    const second = transport.send(request(server, { target: '/second' }), { idleTimeoutMs })
    await expect(second).rejects.toMatchObject({ code: 'CONNECTION_LOST', sent: 'maybe' })
    expect(server.connections).toBe(1)
  })
})

describe('abort', () => {
  test('before the send makes no connection', async () => {
    const server = await serve(answering(() => ok))
    const signal = AbortSignal.abort('no')
    await expect(transport.send(request(server), { idleTimeoutMs, signal })).rejects.toBe('no')
    expect(server.connections).toBe(0)
  })

  test('while connecting', async () => {
    const server = await serve(answering(() => ok))
    const controller = new AbortController()
    const sending = transport.send(request(server), { idleTimeoutMs, signal: controller.signal })
    controller.abort('no')
    await expect(sending).rejects.toBe('no')
    expect(server.received().length).toBe(0)
  })

  test('in mid-body resets the connection: what the kernel holds is not sent', async () => {
    const server = await serve(socket => socket.pause())
    const controller = new AbortController()
    const body = countedBody(1e9, () => new Promise(setImmediate))
    let sent = 0
    const sending = transport.send(request(server, { method: 'PUT', body }), {
      idleTimeoutMs,
      signal: controller.signal,
      onBytesSent: bytes => {
        sent += bytes
        if (sent > 2_000_000) controller.abort('no')
      },
    })
    await expect(sending).rejects.toBe('no')
    const told = sent
    const { reads } = body
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
    expect([sent, body.reads]).toEqual([told, reads])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('is seen by the server as a reset', async () => {
    const server = await serve(() => {})
    const controller = new AbortController()
    const sending = transport.send(request(server, { method: 'PUT', body: countedBody(10) }), {
      idleTimeoutMs,
      signal: controller.signal,
    })
    await server.until(() => server.received().length > 10)
    controller.abort('no')
    await expect(sending).rejects.toBe('no')
    await server.until(() => server.endings.length === 1)
    expect(server.endings).toEqual(['ECONNRESET'])
  })

  test('while the answer is read fails the reader', async () => {
    const server = await serve(socket =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1'),
    )
    const controller = new AbortController()
    const response = await transport.send(request(server), {
      idleTimeoutMs,
      signal: controller.signal,
    })
    controller.abort('no')
    await expect(text(response)).rejects.toBe('no')
  })

  test('after the end does nothing', async () => {
    const server = await serve(answering(() => ok))
    const controller = new AbortController()
    await transport.send(request(server), { idleTimeoutMs, signal: controller.signal })
    controller.abort('no')
    await transport.send(request(server), { idleTimeoutMs })
    expect(server.connections).toBe(1)
  })
})
