// Signature V4: computes the signature that a request should have. It was written from the protocol's description
// (2.1, 2.2), without the code of the client's signer, so that both do not share a mistake.

import { createHash, createHmac } from 'node:crypto'
import { percentEncode } from '../http/encoding.ts'
import type { Query } from '../http/target.ts'

/** The parts of a request that are signed. They are the same for headers and URLs. */
export interface SignedRequest {
  readonly method: string
  readonly bucket?: string
  readonly key?: string
  readonly query: Query
  readonly headers: Readonly<Record<string, string>>
}

export interface ScopeV4 {
  /** The time of the request, as `YYYYMMDDTHHMMSSZ`. */
  readonly time: string
  readonly region: string
  readonly product: string
  /** Names of the additional signed headers, in lower case. */
  readonly additionalHeaders: readonly string[]
}

export interface SignatureV4 {
  readonly canonicalRequest: string
  readonly stringToSign: string
  /** The signature in lower-case hex. */
  readonly signature: string
}

export const algorithmV4 = 'OSS4-HMAC-SHA256'
export const unsignedPayload = 'UNSIGNED-PAYLOAD'

export function signV4(request: SignedRequest, scope: ScopeV4, secret: string): SignatureV4 {
  const date = scope.time.slice(0, 8)
  const canonicalRequest = canonicalRequestV4(request, scope.additionalHeaders)
  const stringToSign = [
    algorithmV4,
    scope.time,
    `${date}/${scope.region}/${scope.product}/aliyun_v4_request`,
    createHash('sha256').update(canonicalRequest).digest('hex'),
  ].join('\n')
  const signingKey = signingKeyV4(secret, { ...scope, date })
  const signature = createHmac('sha256', signingKey).update(stringToSign).digest('hex')
  return { canonicalRequest, stringToSign, signature }
}

/** Derives the key that signs for one day, region and product. */
export function signingKeyV4(
  secret: string,
  {
    date,
    region,
    product,
  }: { readonly date: string; readonly region: string; readonly product: string },
): Buffer {
  return [date, region, product, 'aliyun_v4_request'].reduce<Buffer>(
    (key, message) => createHmac('sha256', key).update(message).digest(),
    Buffer.from(`aliyun_v4${secret}`),
  )
}

function canonicalRequestV4(request: SignedRequest, additional: readonly string[]): string {
  const { bucket, key, headers } = request
  const resource = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`
  const query = request.query.pairs
    .filter(([name]) => name !== 'x-oss-signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
  const listed = [...new Set(additional)].filter(name => !isAlwaysSigned(name)).sort()
  const signed = Object.keys(headers)
    .filter(name => isAlwaysSigned(name) || listed.includes(name))
    .sort()
    .map(name => `${name}:${headers[name]?.trim()}\n`)
    .join('')
  const payload = headers['x-oss-content-sha256'] ?? unsignedPayload
  return [
    request.method,
    percentEncode(resource, '/'),
    query,
    signed,
    listed.join(';'),
    payload,
  ].join('\n')
}

function isAlwaysSigned(header: string): boolean {
  return header.startsWith('x-oss-') || header === 'content-type' || header === 'content-md5'
}

/** @returns epoch milliseconds; `undefined` if the string does not have the form `YYYYMMDDTHHMMSSZ` */
export function parseTimeV4(time: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second] = parts
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? undefined : at
}

/** Formats a time as `YYYYMMDDTHHMMSSZ`, in UTC. */
export function formatTimeV4(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
