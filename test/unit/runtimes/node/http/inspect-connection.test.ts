import { afterEach, describe, expect, test } from 'vitest'
import { inspectConnection } from '../../../../../src/runtimes/node/http/inspect-connection.ts'
import { type RawServer, rawServer } from '../raw-server.ts'

const servers: RawServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function server(...args: Parameters<typeof rawServer>): Promise<RawServer> {
  const started = await rawServer(...args)
  servers.push(started)
  return started
}

const secure = ({ origin }: RawServer) => origin.replace('http:', 'https:')

test('a connection that is made is closed again, and no request is sent', async () => {
  const there = await server(() => {})
  const report = await inspectConnection(there.origin)
  expect(report).toMatchObject({
    host: '127.0.0.1',
    port: Number(new URL(there.origin).port),
    isSecure: false,
    addresses: [],
    address: '127.0.0.1',
    reached: { connect: expect.any(Number) },
  })
  expect(report.error).toBeUndefined()
  await there.until(() => there.endings.length === 1)
  expect(there.received().length).toBe(0)
})

test('a name is looked up, and its addresses are reported', async () => {
  const there = await server(() => {})
  const report = await inspectConnection(there.origin.replace('127.0.0.1', 'localhost'))
  expect(report.addresses).toContain('127.0.0.1')
  expect(report.reached.lookup).toBeLessThanOrEqual(report.reached.connect ?? 0)
})

describe('how far it got', () => {
  test('a closed port', async () => {
    const gone = await rawServer(() => {})
    await gone.close()
    const report = await inspectConnection(gone.origin)
    expect(report.reached).toEqual({})
    expect(report.error).toMatchObject({ code: 'CONNECT_FAILED', sent: 'nothing' })
  })

  test('a server that is silent in the handshake', async () => {
    const report = await inspectConnection(secure(await server(() => {})), {}, { timeoutMs: 50 })
    expect(report.reached).toEqual({ connect: expect.any(Number) })
    expect(report.error).toMatchObject({ code: 'STALLED' })
    expect(report.error?.message).toContain('did not answer within 0.05 s')
  })

  test('a silent proxy is named', async () => {
    const silent = await server(() => {})
    const network = { proxy: silent.origin }
    const report = await inspectConnection('https://oss.test', network, { timeoutMs: 50 })
    expect(report).toMatchObject({
      proxy: { name: silent.origin, from: 'proxy' },
      address: '127.0.0.1',
      isSecure: true,
    })
    expect(report.error?.message).toContain(`https://oss.test: the proxy ${silent.origin}`)
  })
})

test('an abort ends it with the reason', async () => {
  const controller = new AbortController()
  const silent = await server(() => controller.abort('no'))
  const inspecting = inspectConnection(secure(silent), {}, { signal: controller.signal })
  await expect(inspecting).rejects.toBe('no')
  await silent.until(() => silent.endings.length === 1)
})

test('a proxy that cannot be used is an error', async () => {
  await expect(
    inspectConnection('https://oss.test', { proxy: 'socks5://p' }),
  ).rejects.toMatchObject({
    code: 'INVALID_PROXY',
  })
})
