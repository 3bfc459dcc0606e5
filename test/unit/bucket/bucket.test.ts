import { describe, expect, it } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import type { BucketOptions } from '../../../src/bucket/bucket-options.ts'
import { operations } from '../../../src/bucket/operations.ts'
import { Bucket as NodeBucket } from '../../../src/runtimes/node/index.ts'
import { fixedClock, plainSigner, scriptedTransport, startedAt } from '../oss/scripted-transport.ts'

const credentials = { accessKeyId: 'id', accessKeySecret: 'sk' }
const region = 'cn-hangzhou'

function open(options: BucketOptions, ...answers: Parameters<typeof scriptedTransport>) {
  const transport = scriptedTransport(...answers)
  const ports = { transport, clock: fixedClock(startedAt), random: { next: () => 0 } }
  return { bucket: new Bucket(options, ports), transport }
}

describe('Bucket', () => {
  it('knows its name, region and place, and asks for no credentials yet', () => {
    const provider = () => Promise.reject(new Error('asked'))
    const { bucket } = open({ name: 'bucket', region: 'oss-cn-hangzhou', credentials: provider })
    expect([bucket.name, bucket.region, bucket.place]).toEqual([
      'bucket',
      region,
      'oss://cn-hangzhou/bucket',
    ])
  })

  it('signs with credentials or a provider of them', async () => {
    for (const given of [credentials, async () => credentials]) {
      const options = { name: 'bucket', region, credentials: given }
      const { bucket, transport } = open(options, { status: 204 })
      await bucket.deleteObject({ key: 'a' })
      expect(transport.requests[0]?.headers.authorization).toMatch(
        /^OSS4-HMAC-SHA256 Credential=id\/20250102\/cn-hangzhou\/oss\//,
      )
    }
  })

  it('uses the hash functions it is given', async () => {
    const transport = scriptedTransport({ status: 204 })
    const hash = {
      sha256Hex: () => '01',
      hmacSha256: () => new Uint8Array([2]),
      hmacSha256Hex: () => '03',
    }
    const ports = { transport, clock: fixedClock(startedAt), random: { next: () => 0 }, hash }
    await new Bucket({ name: 'bucket', region, credentials }, ports).deleteObject({ key: 'a' })
    expect(transport.requests[0]?.headers.authorization).toMatch(/Signature=03$/)
  })

  it('keeps the secret out of sight', () => {
    const secret = 'very-secret'
    const { bucket } = open({
      name: 'bucket',
      region,
      credentials: { accessKeyId: 'id', accessKeySecret: secret },
    })
    expect(JSON.stringify(bucket)).not.toContain(secret)
  })

  it.each<[string, BucketOptions, code: string]>([
    ['a bad name', { name: 'B', region, credentials }, 'INVALID_BUCKET_NAME'],
    ['no region', { name: 'bucket', credentials }, 'INVALID_REGION'],
    ['no credentials', { name: 'bucket', region }, 'MISSING_CREDENTIALS'],
    [
      'empty credentials',
      { name: 'bucket', region, credentials: { accessKeyId: '', accessKeySecret: '' } },
      'MISSING_CREDENTIALS',
    ],
    [
      'credentials and a signer',
      { name: 'bucket', region, credentials, signer: plainSigner },
      'CONFLICTING_OPTIONS',
    ],
    [
      'an unknown option',
      { name: 'bucket', region, credentials, ...{ acess: 1 } },
      'UNKNOWN_OPTION',
    ],
  ])('refuses %s', (_, options, code) => {
    expect(() => open(options)).toThrow(expect.objectContaining({ code }))
  })

  it('names the options of its runtime beside its own', () => {
    const options = { name: 'bucket', region, credentials, ...{ netwrok: {} } }
    expect(() => new NodeBucket(options)).toThrow(
      /no option 'netwrok'\. Did you mean 'network'\? Allowed: name, .*logger, attempts, network$/,
    )
  })

  it('has a method for every operation', () => {
    const methods = Object.getOwnPropertyNames(Bucket.prototype)
    expect(methods).toEqual(expect.arrayContaining(Object.keys(operations)))
  })

  it('passes options on', async () => {
    const { bucket, transport } = open({ name: 'bucket', region, signer: plainSigner }, {})
    await bucket.putBucket({}, { idleTimeoutMs: 7 })
    expect(transport.options).toMatchObject([{ idleTimeoutMs: 7 }])
  })
})
