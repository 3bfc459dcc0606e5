import { describe, expect, it } from 'vitest'
import { presign } from '../../../src/oss/presign.ts'
import { credentialsSigner } from '../../../src/oss/signer.ts'
import { clientFor, fixedClock, scriptedTransport, startedAt } from './scripted-transport.ts'

const signer = credentialsSigner({
  credentials: async () => ({
    accessKeyId: 'testAccessKeyId01',
    accessKeySecret: 'testAccessKeySecret01',
  }),
  region: 'cn-hangzhou',
  product: 'oss',
})

describe('presign', () => {
  it('gives a URL of the key and the query, valid for an hour from OSS’s now', async () => {
    const client = clientFor(scriptedTransport(), { signer, clock: fixedClock(startedAt) })
    client.correctClock(startedAt + 60_000)
    const query = { 'response-content-type': 'a/b' }
    const url = new URL(await presign(client, { method: 'GET', key: 'a b+', query }))
    expect(url.origin + url.pathname).toBe('https://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b%2B')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...query,
      'x-oss-credential': 'testAccessKeyId01/20250102/cn-hangzhou/oss/aliyun_v4_request',
      'x-oss-date': '20250102T030505Z',
      'x-oss-expires': '3600',
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
      'x-oss-signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it.each([0, 999, 604_800_001, Number.NaN])('refuses %d ms', async expiresMs => {
    const client = clientFor(scriptedTransport(), { signer })
    await expect(presign(client, { method: 'GET', key: 'k', expiresMs })).rejects.toMatchObject({
      code: 'INVALID_EXPIRES_MS',
    })
  })

  it('refuses a bad key, and a signer that cannot', async () => {
    const client = clientFor(scriptedTransport(), { signer })
    await expect(presign(client, { method: 'GET', key: '' })).rejects.toMatchObject({
      code: 'INVALID_KEY',
    })
    const plain = clientFor(scriptedTransport())
    await expect(presign(plain, { method: 'GET', key: 'k' })).rejects.toMatchObject({
      code: 'PRESIGN_UNSUPPORTED',
    })
  })
})

describe('credentialsEndAt', () => {
  const keys = { accessKeyId: 'id', accessKeySecret: 'secret' }
  it.each([
    [{ ...keys, expiresAt: startedAt + 5000 }, startedAt + 5000],
    [keys, undefined],
  ])('of %j', async (credentials, endsAt) => {
    const own = credentialsSigner({ credentials, region: 'cn-hangzhou' })
    const client = clientFor(scriptedTransport(), { signer: own, clock: fixedClock(startedAt) })
    expect(await client.credentialsEndAt()).toBe(endsAt)
  })

  it('is not known of a signer that does not say', async () => {
    expect(await clientFor(scriptedTransport()).credentialsEndAt()).toBeUndefined()
  })
})
