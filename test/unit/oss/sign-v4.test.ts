import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type HashFunctions, portableHash } from '../../../src/hash/sha256.ts'
import { canonicalQuery, encodeKey } from '../../../src/oss/encode.ts'
import { SigningKeys, signHeaders, signQuery } from '../../../src/oss/sign-v4.ts'

interface Vector {
  name: string
  form: 'header' | 'presign'
  input: {
    method: string
    endpointHost: string
    bucket: string | null
    key: string | null
    query: Record<string, string>
    headers: Record<string, string>
    additionalHeaders: string[]
    credentials: { accessKeyId: string; accessKeySecret: string; securityToken: string | null }
    region: string
    product: string
    timestamp: string
    expires: number | null
  }
  expected: {
    canonicalRequest: string
    stringToSign: string
    signature: string
    addedHeaders: Record<string, string>
    authorization: string
    url: string
    signedParams: Record<string, string>
  }
}

const file = new URL('../../fixtures/signature-v4-vectors.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }

function inputs({ input }: Vector, hash: HashFunctions = portableHash) {
  const { accessKeyId, accessKeySecret, securityToken } = input.credentials
  const [, year, month, day, hour, minute, second] =
    /^(....)(..)(..)T(..)(..)(..)Z$/.exec(input.timestamp) ?? []
  const request = {
    method: input.method,
    bucket: input.bucket ?? undefined,
    key: input.key ?? undefined,
    query: input.query,
    headers: input.headers,
    additionalHeaders: input.additionalHeaders,
  }
  const context = {
    credentials: { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) },
    region: input.region,
    product: input.product,
    at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`),
    keys: new SigningKeys(hash),
  }
  return { request, context }
}

const only = (form: string) => vectors.filter(one => one.form === form)

it('there are 57 vectors of two forms', () => {
  expect(only('header').length + only('presign').length).toBe(57)
})

describe('signHeaders', () => {
  it.each(only('header'))('$name', vector => {
    const { request, context } = inputs(vector)
    const { headers, ...steps } = signHeaders(request, context)
    const { canonicalRequest, stringToSign, signature, addedHeaders, authorization } =
      vector.expected
    expect(steps).toEqual({ canonicalRequest, stringToSign, signature })
    expect(headers).toEqual({ ...addedHeaders, authorization })
  })

  it('takes other hash functions', () => {
    const vector = vectors[0]!
    const { request, context } = inputs(vector, {
      sha256Hex: text => createHash('sha256').update(text).digest('hex'),
      hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest(),
      hmacSha256Hex: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
    })
    expect(signHeaders(request, context).signature).toBe(vector.expected.signature)
  })
})

describe('signQuery', () => {
  it.each(only('presign'))('$name', vector => {
    const { request, context } = inputs(vector)
    const { query, ...steps } = signQuery(request, context, vector.input.expires ?? 0)
    const { canonicalRequest, stringToSign, signature, signedParams, url } = vector.expected
    expect(steps).toEqual({ canonicalRequest, stringToSign, signature })
    expect(query).toEqual({ ...vector.input.query, ...signedParams })
    const { origin, key } = { origin: new URL(url).origin, key: vector.input.key ?? '' }
    expect(`${origin}/${encodeKey(key)}?${canonicalQuery(query)}`).toBe(url)
  })
})

describe('SigningKeys', () => {
  const chain = 'b412a03b134ebddd720f5167b5de6db66620ebb3b01cff4d49e3ccb09f8de97f'

  it('derives the key of the reference', () => {
    const key = new SigningKeys(portableHash).keyFor('sk', '20231216', 'cn-hangzhou', 'oss')
    expect(Buffer.from(key).toString('hex')).toBe(chain)
  })

  it('derives a key once, and again when secret, date, region or product differ', () => {
    let count = 0
    const keys = new SigningKeys({
      ...portableHash,
      hmacSha256: (key, text) => {
        count++
        return portableHash.hmacSha256(key, text)
      },
    })
    const asked: [string, string, string, string][] = [
      ['sk', '20231216', 'cn-hangzhou', 'oss'],
      ['sk', '20231216', 'cn-hangzhou', 'oss'],
      ['sk2', '20231216', 'cn-hangzhou', 'oss'],
      ['sk2', '20231217', 'cn-hangzhou', 'oss'],
      ['sk2', '20231217', 'cn-beijing', 'oss'],
      ['sk2', '20231217', 'cn-beijing', 'oss-cloudbox'],
    ]
    const counts = asked.map(names => {
      keys.keyFor(...names)
      return count
    })
    expect(counts).toEqual([4, 4, 8, 12, 16, 20])
  })
})
