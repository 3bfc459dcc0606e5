import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Connection } from '../../../../../src/runtimes/node/http/connection.ts'
import { IdleWatch } from '../../../../../src/runtimes/node/http/idle-watch.ts'
import { nodeTransport } from '../../../../../src/runtimes/node/http/transport.ts'
import { certificateFor } from '../../../support/certificate.ts'
import { rawServer } from '../raw-server.ts'

const idle = { onReady() {}, onData() {}, onEnd() {}, onError() {}, onClose() {} }

test('a large write moves as the kernel takes it, not at once', async () => {
  const server = await rawServer(
    () => {},
    socket => socket.pause(),
  )
  const { port } = new URL(server.origin)
  const connection = new Connection(
    {
      origin: server.origin,
      isSecure: false,
      host: '127.0.0.1',
      port: Number(port),
      authority: '',
    },
    { readBuffer: Buffer.alloc(1024) },
  )
  await new Promise<void>(resolve => connection.use({ ...idle, onReady: resolve }))
  const size = 64 * 1024 ** 2
  let isDone = false
  const closed = new Promise<void>(resolve => {
    connection.write(undefined, new Uint8Array(size), () => {
      isDone = true
    })
    connection.use({ ...idle, onClose: resolve })
  })
  await new Promise(setImmediate)
  expect(connection.moved).toBeLessThan(size)
  expect(isDone).toBe(false)
  connection.reset()
  await closed
  expect(isDone).toBe(true)
  await server.close()
})

describe('the idle watch', () => {
  test('speaks up when nothing moves', async () => {
    await new Promise<void>(resolve => new IdleWatch().watch({ moved: 7, onIdle: resolve }, 20))
  })

  test('says nothing while something moves, and once stopped', async () => {
    let looks = 0
    let spoke = false
    const watch = new IdleWatch()
    await new Promise<void>(resolve => {
      const movable = {
        get moved() {
          looks += 1
          if (looks === 20) {
            watch.leave(movable, 20)
            resolve()
          }
          // Moves at every third look only.
          return Math.floor(looks / 3)
        },
        onIdle() {
          spoke = true
        },
      }
      watch.watch(movable, 20)
    })
    // It would speak up at one of the looks that the other one still gets.
    await new Promise<void>(resolve => watch.watch({ moved: 7, onIdle: resolve }, 20))
    expect(looks).toBe(20)
    expect(spoke).toBe(false)
  })

  test('gives everyone the whole time-out, whenever its timer began', () => {
    vi.useFakeTimers()
    try {
      const idleMs: number[] = []
      const watch = new IdleWatch()
      watch.watch({ moved: 0, onIdle() {} }, 1000)
      for (const pauseMs of [1, 248, 1, 350]) {
        vi.advanceTimersByTime(pauseMs)
        const begunAt = Date.now()
        const movable = {
          moved: 0,
          onIdle() {
            idleMs.push(Date.now() - begunAt)
            watch.leave(movable, 1000)
          },
        }
        watch.watch(movable, 1000)
      }
      vi.advanceTimersByTime(2000)
      expect(idleMs).toHaveLength(4)
      expect(Math.min(...idleMs)).toBeGreaterThanOrEqual(1000)
      expect(Math.max(...idleMs)).toBeLessThanOrEqual(1250)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('over TLS', () => {
  let ca: string
  let origin: string
  const server = createServer()
  let handshakes = 0
  beforeAll(async () => {
    const { key, cert } = certificateFor(['IP:127.0.0.1'])
    ca = cert
    server.setSecureContext({ key, cert })
    server.on('secureConnection', () => {
      handshakes += 1
    })
    server.on('request', async (request, response) => {
      let size = 0
      try {
        for await (const chunk of request) size += chunk.length
        response.end(`${size}`)
      } catch {
        // A client that resets.
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
  })

  const put = { method: 'PUT', target: '/x', headers: {} }
  const body = (size: number) => ({ size, read: async (into: Uint8Array) => into.length })

  test('bodies arrive and the connection is kept', async () => {
    const transport = nodeTransport({ ca })
    const before = handshakes
    for (const size of [1, 100_000, 2_000_000]) {
      const response = await transport.send(
        { ...put, origin, body: body(size) },
        { idleTimeoutMs: 10_000 },
      )
      let text = ''
      for await (const chunk of response.body) text += Buffer.from(chunk).toString()
      expect(text).toBe(String(size))
    }
    expect(handshakes).toBe(before + 1)
    transport.close()
  })

  test('an abort resets the connection', async () => {
    const transport = nodeTransport({ ca })
    const controller = new AbortController()
    let closed: Promise<unknown> | undefined
    server.once('request', request => {
      closed = new Promise(resolve => request.socket.on('close', resolve))
      controller.abort('no')
    })
    await expect(
      transport.send(
        { ...put, origin, body: body(1e12) },
        { idleTimeoutMs: 10_000, signal: controller.signal },
      ),
    ).rejects.toBe('no')
    await closed
  })

  test.each([
    {
      what: 'an unknown authority',
      ca: undefined,
      at: () => origin,
      message: 'NODE_EXTRA_CA_CERTS',
    },
    {
      what: 'a certificate for another host',
      ca: () => ca,
      at: () => origin.replace('127.0.0.1', 'localhost'),
      message: 'another host',
    },
  ])('$what: TLS_FAILED', async ({ ca: trusted, at, message }) => {
    const transport = nodeTransport(trusted === undefined ? {} : { ca: trusted() })
    await expect(
      transport.send({ ...put, origin: at() }, { idleTimeoutMs: 10_000 }),
    ).rejects.toMatchObject({
      code: 'TLS_FAILED',
      sent: 'nothing',
      retryable: false,
      message: expect.stringContaining(message),
    })
  })

  test('a server that does not speak TLS is TLS_FAILED', async () => {
    const plain = await rawServer(socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(
      nodeTransport().send(
        { ...put, origin: plain.origin.replace('http:', 'https:') },
        { idleTimeoutMs: 10_000 },
      ),
    ).rejects.toMatchObject({ code: 'TLS_FAILED', sent: 'nothing' })
    await plain.close()
  })

  test.each([
    { what: 'closes', code: 'CONNECT_FAILED' },
    { what: 'resets', code: 'CONNECT_FAILED' },
    { what: 'is silent', code: 'STALLED' },
  ])('a server that $what in the handshake is $code, nothing sent', async ({ what, code }) => {
    const broken = await rawServer(socket => {
      if (what === 'closes') socket.end()
      if (what === 'resets') socket.resetAndDestroy()
    })
    await expect(
      nodeTransport().send(
        { ...put, origin: broken.origin.replace('http:', 'https:') },
        { idleTimeoutMs: code === 'STALLED' ? 100 : 10_000 },
      ),
    ).rejects.toMatchObject({ code, sent: 'nothing' })
    await broken.close()
  })
})
