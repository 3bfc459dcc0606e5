import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { signV4 } from '../../../../src/server/auth/v4.ts'
import { Query } from '../../../../src/server/http/target.ts'

interface Vector {
  readonly name: string
  readonly form: 'header' | 'presign'
  readonly input: {
    readonly method: string
    readonly bucket: string | null
    readonly key: string | null
    readonly query: Record<string, string>
    readonly headers: Record<string, string>
    readonly additionalHeaders: readonly string[]
    readonly credentials: { readonly accessKeySecret: string }
    readonly region: string
    readonly product: string
    readonly timestamp: string
  }
  readonly expected: {
    readonly canonicalRequest: string
    readonly stringToSign: string
    readonly signature: string
    readonly addedHeaders?: Record<string, string>
    readonly signedParams?: Record<string, string>
  }
}

const { vectors }: { vectors: Vector[] } = JSON.parse(
  readFileSync(new URL('../../../fixtures/signature-v4-vectors.json', import.meta.url), 'utf8'),
)

it.each(vectors)('$name', ({ input, expected }) => {
  const headers = Object.entries({ ...input.headers, ...expected.addedHeaders })
  const query = Object.entries({ ...input.query, ...expected.signedParams })
  const present = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
  const additional = input.additionalHeaders.map(name => name.toLowerCase())
  const signed = signV4(
    {
      method: input.method,
      headers: present,
      query: new Query(query),
      ...(input.bucket !== null && { bucket: input.bucket }),
      ...(input.key !== null && { key: input.key }),
    },
    {
      time: input.timestamp,
      region: input.region,
      product: input.product,
      // Headers that a request lists: the signer has left out absent ones.
      additionalHeaders: additional.filter(name => name in present || name === 'host'),
    },
    input.credentials.accessKeySecret,
  )
  expect(signed).toEqual({
    canonicalRequest: expected.canonicalRequest,
    stringToSign: expected.stringToSign,
    signature: expected.signature,
  })
})

it('covers all vectors', () => {
  expect(vectors).toHaveLength(57)
})
