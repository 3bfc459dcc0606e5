// The way through a proxy, with hosts that only the proxy can reach: what arrives there came through it.

import { afterEach, describe, expect, test } from 'vitest'
import { nodeTransport } from '../../../../../src/runtimes/node/http/transport.ts'
import {
  Bucket,
  type NetworkOptions,
  resumableUpload,
} from '../../../../../src/runtimes/node/index.ts'
import { type LocalOss, type ServeOptions, serve } from '../../../../../src/server/index.ts'
import { certificateFor } from '../../../support/certificate.ts'
import {
  type LoopbackProxy,
  loopbackProxy,
  type ProxyManners,
} from '../../../support/loopback-proxy.ts'
import { rawServer } from '../raw-server.ts'

const certificate = certificateFor(['DNS:*.oss.test', 'DNS:oss.test', 'IP:127.0.0.1'])
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function start(options: ServeOptions = {}): Promise<LocalOss> {
  const oss = await serve({ buckets: ['examplebucket'], hosts: ['oss.test'], ...options })
  cleanUps.push(() => oss.close())
  return oss
}

async function proxyTo({ port }: { port: number }, manners: Partial<ProxyManners> = {}) {
  const proxy = await loopbackProxy({ port, ...manners })
  cleanUps.push(() => proxy.close())
  return proxy
}

function bucketAt(endpoint: string, oss: LocalOss, network: NetworkOptions): Bucket {
  return new Bucket({
    name: 'examplebucket',
    endpoint,
    region: oss.region,
    credentials: oss.key,
    network,
  })
}

const withLogin = (proxy: LoopbackProxy, login = 'user:secret') =>
  proxy.address.replace('://', `://${login}@`)

describe.each([
  { endpoint: 'https://oss.test', secureProxy: false },
  { endpoint: 'https://oss.test:8443', secureProxy: true },
  { endpoint: 'http://oss.test', secureProxy: false },
  { endpoint: 'http://oss.test:8080', secureProxy: true },
])('$endpoint, TLS to the proxy: $secureProxy', ({ endpoint, secureProxy }) => {
  const isSecure = endpoint.startsWith('https:')
  test('an upload in parts goes through it', async () => {
    const oss = await start(isSecure ? { tls: certificate } : {})
    const proxy = await proxyTo(oss, {
      login: 'user:secret',
      ...(secureProxy && { tls: certificate }),
    })
    const network = { proxy: withLogin(proxy), ca: certificate.cert }
    const bucket = bucketAt(endpoint, oss, network)
    const bytes = new Uint8Array(700_000).map((_, index) => index % 251)
    const done = await resumableUpload(bucket, 'a key', bytes, {
      checkpoint: false,
      multipartThreshold: 102_400,
      partSize: 102_400,
      concurrency: 2,
    })
    expect(done).toMatchObject({ size: 700_000, verified: 'crc64' })
    const { body } = await bucket.getObject({ key: 'a key' })
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    const { host } = new URL(endpoint.replace('oss.test', 'examplebucket.oss.test'))
    if (isSecure) {
      // One tunnel for each connection, not one for each request.
      expect(new Set(proxy.asked)).toEqual(
        new Set([`CONNECT ${host.includes(':') ? host : `${host}:443`}`]),
      )
      expect(proxy.asked.length).toBeLessThanOrEqual(3)
    } else {
      expect(proxy.asked).toContain(`GET http://${host}/a%20key`)
    }
    bucket.ports.transport.close()
  })
})

describe("a proxy's refusal is reported, without its password", () => {
  test.each([
    { endpoint: 'https://oss.test', login: '', what: 'asks for a user and password (407)' },
    { endpoint: 'https://oss.test', login: 'user:secret@', what: 'does not accept' },
    { endpoint: 'http://oss.test', login: '', what: 'asks for a user and password (407)' },
    { endpoint: 'http://oss.test', login: 'user:secret@', what: 'does not accept' },
  ])('$endpoint with $login', async ({ endpoint, login, what }) => {
    const oss = await start()
    const proxy = await proxyTo(oss, { login: 'other:one' })
    const bucket = bucketAt(endpoint, oss, { proxy: proxy.address.replace('://', `://${login}`) })
    const error = await bucket.headObject({ key: 'key' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      name: 'NetworkError',
      code: 'PROXY_REFUSED',
      retryable: false,
      sent: 'nothing',
      operation: 'HeadObject',
    })
    expect(String(error)).toContain(`The proxy ${proxy.address} ${what}`)
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
  })

  test.each([
    [403, { code: 'PROXY_REFUSED', retryable: false }],
    [302, { code: 'PROXY_REFUSED', retryable: false }],
    [429, { code: 'CONNECT_FAILED', retryable: true }],
    [502, { code: 'CONNECT_FAILED', retryable: true }],
  ])('%d', async (refuses, expected) => {
    const oss = await start()
    const proxy = await proxyTo(oss, { refuses })
    const bucket = bucketAt('https://oss.test', oss, { proxy: proxy.address })
    await expect(bucket.headObject({ key: 'key' })).rejects.toMatchObject({
      ...expected,
      sent: 'nothing',
      message: expect.stringMatching(/proxy http.*examplebucket\.oss\.test:443/),
    })
  })
})

describe('a proxy that is broken is named', () => {
  const request = { method: 'GET', target: '/', headers: {}, origin: 'https://oss.test' }
  test.each([
    { what: 'closes', code: 'CONNECT_FAILED' },
    { what: 'resets', code: 'CONNECT_FAILED' },
    { what: 'answers in half and closes', code: 'CONNECT_FAILED' },
    { what: 'is silent', code: 'STALLED' },
    { what: 'speaks something else', code: 'BAD_ANSWER' },
    { what: 'answers without end', code: 'BAD_ANSWER' },
    { what: 'says more than it should', code: 'BAD_ANSWER' },
    { what: 'tunnels to nobody', code: 'CONNECT_FAILED' },
  ])('$what: $code', async ({ what, code }) => {
    const server = await rawServer(socket => {
      if (what === 'closes') socket.end()
      if (what === 'resets') socket.resetAndDestroy()
      if (what.startsWith('answers in half')) socket.end('HTTP/1.1 200 OK\r\n')
      if (what === 'speaks something else') socket.write('220 mail.example ESMTP\r\n')
      if (what === 'answers without end')
        socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}`)
      if (what === 'says more than it should') socket.write('HTTP/1.1 200 OK\r\n\r\nmore')
      if (what === 'tunnels to nobody') socket.end('HTTP/1.1 200 OK\r\n\r\n')
    })
    cleanUps.push(() => server.close())
    const transport = nodeTransport({ proxy: server.origin })
    const idleTimeoutMs = code === 'STALLED' ? 100 : 10_000
    const error = await transport
      .send(request, { idleTimeoutMs })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, sent: 'nothing', retryable: true })
    if (what !== 'tunnels to nobody') expect(String(error)).toContain(server.origin)
    if (what !== 'resets') await server.until(() => server.endings.length === 1)
  })

  test('one that is not there', async () => {
    const server = await rawServer(() => {})
    await server.close()
    const transport = nodeTransport({ proxy: server.origin })
    await expect(transport.send(request, { idleTimeoutMs: 10_000 })).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      message: expect.stringMatching(/https:\/\/oss\.test: the proxy .* refused.*Check proxy/),
    })
  })

  test('an abort while it thinks resets the connection', async () => {
    const controller = new AbortController()
    const server = await rawServer(() => controller.abort('no'))
    cleanUps.push(() => server.close())
    const transport = nodeTransport({ proxy: server.origin })
    const options = { idleTimeoutMs: 10_000, signal: controller.signal }
    await expect(transport.send(request, options)).rejects.toBe('no')
    await server.until(() => server.endings.length === 1)
  })
})

test('an abort in the middle of a body resets the connection to the proxy', async () => {
  const oss = await start({ tls: certificate })
  const proxy = await proxyTo(oss)
  const bucket = bucketAt('https://oss.test', oss, { proxy: proxy.address, ca: certificate.cert })
  const { uploadId } = await bucket.initiateMultipartUpload({ key: 'key' })
  const controller = new AbortController()
  const broken = proxy.nextError()
  const body = {
    size: 1e9,
    async read(into: Uint8Array) {
      return into.length
    },
  }
  const sending = bucket.uploadPart(
    { key: 'key', uploadId, partNumber: 1, body },
    { signal: controller.signal, onBytesSent: () => controller.abort('no') },
  )
  await expect(sending).rejects.toBe('no')
  expect(await broken).toBe('ECONNRESET')
  expect((await bucket.listParts({ key: 'key', uploadId })).parts).toEqual([])
})

describe('certificates', () => {
  test('an unknown issuer is refused, a given authority accepted, and any with insecure', async () => {
    const oss = await start({ tls: certificate })
    const { endpoint } = oss
    const head = (network: NetworkOptions) =>
      bucketAt(endpoint, oss, network).headObject({ key: 'absent' })
    await expect(head({})).rejects.toMatchObject({ code: 'TLS_FAILED' })
    await expect(head({ ca: certificate.cert })).rejects.toMatchObject({ code: 'NoSuchKey' })
    await expect(head({ insecure: true })).rejects.toMatchObject({ code: 'NoSuchKey' })
    const others = certificateFor(['IP:127.0.0.1']).cert
    await expect(head({ ca: others })).rejects.toMatchObject({ code: 'TLS_FAILED' })
  })

  test.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'])(
    'ca %j is an error at once',
    ca => expect(() => nodeTransport({ ca })).toThrow(/no certificate/),
  )

  test.each([{ proxy: 'socks5://p' }, { proxy: 'http://' }])('%j is an error at once', network =>
    expect(() => nodeTransport(network)).toThrow(/^proxy /),
  )

  test('an unknown option is an error', () => {
    const options: object = { certificate: 'x' }
    expect(() => nodeTransport(options)).toThrow(/no option 'certificate'/)
  })
})

test('loopback is reached without the proxy', async () => {
  const oss = await start()
  const proxy = await proxyTo(oss)
  const bucket = bucketAt(oss.endpoint, oss, { proxy: proxy.address })
  await bucket.putObject({ key: 'key', body: new Uint8Array(1) })
  expect(proxy.asked).toEqual([])
})
