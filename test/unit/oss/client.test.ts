import { describe, expect, it } from 'vitest'
import { OptionError, OssError } from '../../../src/errors.ts'
import { credentialsSigner, type Signer } from '../../../src/oss/signer.ts'
import {
  clientFor,
  fixedClock,
  plainSigner,
  type ScriptedAnswer,
  scriptedTransport,
  startedAt,
} from './scripted-transport.ts'

const get = { operation: 'GetThing', method: 'GET', key: 'key' }

function tokenSigner() {
  let number = 0
  return {
    signer: credentialsSigner({
      region: 'cn-hangzhou',
      product: 'oss',
      credentials: async () => ({
        accessKeyId: 'id',
        accessKeySecret: 'sk',
        securityToken: `t${++number}`,
      }),
    }),
    asked: () => number,
  }
}

describe('OssClient.call', () => {
  it('sends what was signed, once', async () => {
    const transport = scriptedTransport({ status: 500 }, {})
    const client = clientFor(transport)
    await expect(client.call(get)).rejects.toBeInstanceOf(OssError)
    expect(transport.requests.length).toBe(1)
  })

  it('shows the signer the request as it goes out', async () => {
    const seen: unknown[] = []
    const signer: Signer = {
      sign: async request => {
        seen.push(request)
        return { authorization: 'signed' }
      },
    }
    const transport = scriptedTransport({})
    await clientFor(transport, { signer }).call({
      ...get,
      key: 'x y',
      query: { b: '', a: 'ü/' },
      headers: { 'Content-Type': 'text/plain' },
    })
    const headers = { 'content-type': 'text/plain' }
    expect(seen).toEqual([
      {
        method: 'GET',
        bucket: 'bucket',
        key: 'x y',
        query: { b: '', a: 'ü/' },
        encodedQuery: 'a=%C3%BC%2F&b',
        headers,
        at: startedAt,
      },
    ])
    expect(transport.requests).toEqual([
      {
        method: 'GET',
        origin: 'https://bucket.oss-cn-hangzhou.aliyuncs.com',
        target: '/x%20y?a=%C3%BC%2F&b',
        headers: { ...headers, authorization: 'signed' },
      },
    ])
  })

  it('signs with the vector of the reference', async () => {
    const signer = credentialsSigner({
      credentials: async () => ({ accessKeyId: 'ak', accessKeySecret: 'sk' }),
      region: 'cn-hangzhou',
      product: 'oss',
    })
    const transport = scriptedTransport({})
    const clock = fixedClock(Date.UTC(2023, 11, 16, 16, 20, 57))
    await clientFor(transport, { signer, clock }).call({
      operation: 'PutObject',
      method: 'PUT',
      key: '1234+-/123/1.txt',
      query: {
        param1: 'value1',
        '+param1': 'value3',
        '|param1': 'value4',
        '+param2': '',
        '|param2': '',
        param2: '',
      },
      headers: {
        'x-oss-head1': 'value',
        abc: 'value',
        ZAbc: 'value',
        XYZ: 'value',
        'content-type': 'text/plain',
      },
    })
    expect(transport.requests[0]?.headers.authorization).toBe(
      'OSS4-HMAC-SHA256 Credential=ak/20231216/cn-hangzhou/oss/aliyun_v4_request,Signature=e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe',
    )
  })

  it('passes the options on, with an idle time-out of 20 s unless told', async () => {
    const transport = scriptedTransport({}, {})
    const client = clientFor(transport)
    const { signal } = new AbortController()
    const onBytesSent = () => {}
    await client.call(get)
    await client.call(get, { signal, idleTimeoutMs: 5, onBytesSent })
    expect(transport.options).toEqual([
      { idleTimeoutMs: 20_000 },
      { signal, idleTimeoutMs: 5, onBytesSent },
    ])
  })

  it('joins a body that came in pieces', async () => {
    const pieces = [new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array([3])]
    const { body } = await clientFor(scriptedTransport({ body: pieces })).call(get)
    expect([...body]).toEqual([1, 2, 3])
  })

  it('does not read an answer without end', async () => {
    const huge = Array.from({ length: 100 }, () => new Uint8Array(1024 * 1024))
    const transport = scriptedTransport({ body: huge })
    await expect(clientFor(transport).call(get)).rejects.toMatchObject({
      code: 'BAD_ANSWER',
      operation: 'GetThing',
      key: 'key',
    })
    expect(transport.closedEarly).toBe(1)
  })

  it('passes on what the transport rejects with', async () => {
    const failure = new Error('reset')
    await expect(clientFor(scriptedTransport(failure)).call(get)).rejects.toBe(failure)
  })

  it('refuses a key before anything is signed or sent', async () => {
    const transport = scriptedTransport()
    const call = clientFor(transport).call({ ...get, key: '/etc' })
    await expect(call).rejects.toMatchObject({ code: 'INVALID_KEY' })
    expect(transport.requests).toEqual([])
  })

  it('sends nothing for a signal that is aborted, before or while signing', async () => {
    const transport = scriptedTransport()
    const signer: Signer = { sign: () => new Promise(() => {}) }
    const client = clientFor(transport, { signer })
    const reason = new Error('stop')
    await expect(client.call(get, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const call = client.call(get, { signal: controller.signal })
    controller.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(transport.requests).toEqual([])
  })
})

describe('the clock', () => {
  const skewed: ScriptedAnswer = {
    status: 403,
    body: '<Error><Code>RequestTimeTooSkewed</Code><ServerTime>2025-01-03T03:04:05.000Z</ServerTime></Error>',
  }

  it('is corrected by what OSS says, for signing', async () => {
    const times: number[] = []
    const signer: Signer = {
      sign: async ({ at }) => {
        times.push(at)
        return {}
      },
    }
    const clock = fixedClock(startedAt)
    const client = clientFor(scriptedTransport(skewed, {}, {}), { signer, clock })
    const error = (await client.call(get).catch((reason: unknown) => reason)) as OssError
    client.correctClock(error.serverTime ?? 0)
    expect(client.clockOffset).toBe(86_400_000)
    await client.call(get)
    clock.at += 1000
    await client.call(get)
    expect(times).toEqual([startedAt, startedAt + 86_400_000, startedAt + 86_401_000])
    expect(client.now()).toBe(startedAt + 86_401_000)
  })

  it('serverOffset follows the last Date header and does not touch signing', async () => {
    const date = new Date(startedAt + 7000).toUTCString()
    const client = clientFor(scriptedTransport({ headers: { date } }, { headers: { date: 'x' } }))
    expect(client.serverOffset).toBe(0)
    await client.call(get)
    await client.call(get)
    expect([client.serverOffset, client.clockOffset]).toEqual([7000, 0])
  })
})

describe('refreshCredentials', () => {
  const expired: ScriptedAnswer = {
    status: 403,
    body: '<Error><Code>SecurityTokenExpired</Code></Error>',
  }

  it('gets others once for requests that were refused together', async () => {
    const { signer, asked } = tokenSigner()
    const transport = scriptedTransport(expired, expired, {})
    const client = clientFor(transport, { signer })
    const fail = () => client.call(get).catch((reason: unknown) => reason as OssError)
    const [one, other] = await Promise.all([fail(), fail()])
    await client.refreshCredentials(one as OssError)
    await client.refreshCredentials(other as OssError)
    expect(asked()).toBe(2)
    await client.call(get)
    const tokens = transport.requests.map(({ headers }) => headers['x-oss-security-token'])
    expect(tokens).toEqual(['t1', 't1', 't2'])
  })

  it('gets new ones if no failed ones are named', async () => {
    const { signer, asked } = tokenSigner()
    const client = clientFor(scriptedTransport({}), { signer })
    await client.call(get)
    await client.refreshCredentials()
    expect(asked()).toBe(2)
  })

  it('is nothing for a signer that cannot', async () => {
    const client = clientFor(scriptedTransport(), { signer: plainSigner })
    await expect(client.refreshCredentials()).resolves.toBeUndefined()
  })
})

describe('levels', () => {
  it('a custom domain has no service level', async () => {
    const address = { name: 'bucket', region: 'cn-x', endpoint: 'a.example.com', cname: true }
    const client = clientFor(scriptedTransport(), { address })
    const call = client.call({ operation: 'ListBuckets', method: 'GET', level: 'service' })
    await expect(call).rejects.toBeInstanceOf(OptionError)
  })

  it('a client without a bucket has only the service level', async () => {
    const client = clientFor(scriptedTransport({}), { address: { region: 'cn-x' } })
    await expect(client.call(get)).rejects.toMatchObject({ code: 'INVALID_BUCKET_NAME' })
    await client.call({ operation: 'ListBuckets', method: 'GET', level: 'service' })
  })
})
