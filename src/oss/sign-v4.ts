// Signature version 4, OSS4-HMAC-SHA256: a pure function of request, credentials and time, in the form
// of a header and of a URL. Source: oss-facts, sections 2.1 and 2.2; held to its 57 known answers.

import type { HashFunctions } from '../hash/sha256.ts'
import type { Credentials } from '../ports.ts'
import { canonicalQuery, encodeKey } from './encode.ts'

/** The values of a request that are signed. */
export interface SignableRequest {
  readonly method: string
  /** The bucket's name; absent for a request without a bucket. */
  readonly bucket?: string | undefined
  /** The key, not encoded; absent for a request about a bucket. */
  readonly key?: string | undefined
  /** Query parameters, not encoded. An empty value means the name alone. */
  readonly query: Readonly<Record<string, string>>
  /** The encoded query, if it is known already: see `canonicalQuery`. */
  readonly encodedQuery?: string
  readonly headers: Readonly<Record<string, string>>
  /** Names of more headers to sign. */
  readonly additionalHeaders?: readonly string[]
}

export interface SigningContext {
  readonly credentials: Credentials
  /** The region id without `oss-`, or the id of a cloud box. */
  readonly region: string
  readonly product: string
  /** The time of signing, epoch milliseconds. */
  readonly at: number
  readonly keys: SigningKeys
}

/** A signature and the steps to it, to find the difference if OSS computes another. */
export interface Signature {
  readonly canonicalRequest: string
  readonly stringToSign: string
  /** The signature in lower-case hex. */
  readonly signature: string
}

const algorithm = 'OSS4-HMAC-SHA256'
/** The only payload hash that OSS accepts. */
const payload = 'UNSIGNED-PAYLOAD'
const utf8 = new TextEncoder()

/** Signs with the Authorization header. The result has the `headers` to add to the request. */
export function signHeaders(
  request: SignableRequest,
  context: SigningContext,
): Signature & { headers: Record<string, string> } {
  const moment = context.keys.momentOf(context)
  const { accessKeyId, securityToken } = context.credentials
  const added: Record<string, string> = {
    'x-oss-content-sha256': payload,
    'x-oss-date': moment.time,
  }
  if (securityToken !== undefined) added['x-oss-security-token'] = securityToken
  // Most requests send parts, without more headers.
  let signed = moment.plain
  if (signed === undefined || !isEmpty(request.headers)) {
    signed = signedHeaders(request, Object.assign(lowerCase(request.headers), added))
    if (isEmpty(request.headers)) moment.plain = signed
  }
  const query = request.encodedQuery ?? canonicalQuery(request.query)
  const result = compute(canonicalRequest(request, query, signed, payload), moment, context)
  const list = signed.additional === '' ? '' : `AdditionalHeaders=${signed.additional},`
  added.authorization = `${algorithm} Credential=${accessKeyId}/${moment.scope},${list}Signature=${result.signature}`
  // No `{ ...result, headers }`: V8 makes a hidden class for each of those, and keeps it.
  return Object.assign(result, { headers: added })
}

/**
 * Signs in the URL. The result has the whole `query` of the URL. The user of the URL must send the
 * `content-type`, `content-md5` and `x-oss-*` headers that were given here, and no other `x-oss-*`.
 * @param expires seconds from the time of signing, 1 to 604,800.
 */
export function signQuery(
  request: SignableRequest,
  context: SigningContext,
  expires: number,
): Signature & { query: Record<string, string> } {
  const moment = context.keys.momentOf(context)
  const { time, scope } = moment
  const { accessKeyId, securityToken } = context.credentials
  const headers = lowerCase(request.headers)
  const signed = signedHeaders(request, headers)
  const query: Record<string, string> = {
    ...request.query,
    'x-oss-signature-version': algorithm,
    'x-oss-credential': `${accessKeyId}/${scope}`,
    'x-oss-date': time,
    'x-oss-expires': String(expires),
  }
  if (securityToken !== undefined) query['x-oss-security-token'] = securityToken
  if (signed.additional !== '') query['x-oss-additional-headers'] = signed.additional
  const hash = headers['x-oss-content-sha256'] ?? payload
  const canonical = canonicalRequest(request, canonicalQuery(query), signed, hash)
  const result = compute(canonical, moment, context)
  query['x-oss-signature'] = result.signature
  return { ...result, query }
}

function compute(
  canonicalRequest: string,
  { time, scope, key }: SigningMoment,
  { keys: { hash } }: SigningContext,
): Signature {
  const stringToSign = `${algorithm}\n${time}\n${scope}\n${hash.sha256Hex(canonicalRequest)}`
  const signature = hash.hmacSha256Hex(key, stringToSign)
  return { canonicalRequest, stringToSign, signature }
}

function canonicalRequest(
  request: SignableRequest,
  query: string,
  { lines, additional }: SignedHeaders,
  hash: string,
): string {
  return `${request.method}\n${resourceOf(request)}\n${query}\n${lines}\n${additional}\n${hash}`
}

/** The headers in signed form. */
interface SignedHeaders {
  /** Each with a line feed after it. */
  readonly lines: string
  /** Names of the additional headers, as the signature lists them. */
  readonly additional: string
}

function signedHeaders(
  request: SignableRequest,
  headers: Readonly<Record<string, string>>,
): SignedHeaders {
  const additional = additionalNames(request, headers)
  const names = [...additional]
  for (const name in headers) if (isAlwaysSigned(name)) names.push(name)
  names.sort()
  let lines = ''
  for (const name of names) lines += `${name}:${headers[name]?.trim()}\n`
  return { lines, additional: additional.join(';') }
}

/** The same in all addressing styles. */
function resourceOf({ bucket, key }: SignableRequest): string {
  return bucket === undefined ? '/' : `/${bucket}/${encodeKey(key ?? '')}`
}

function isAlwaysSigned(name: string): boolean {
  return name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5'
}

function additionalNames(
  { additionalHeaders = [] }: SignableRequest,
  headers: Readonly<Record<string, string>>,
): string[] {
  if (additionalHeaders.length === 0) return []
  const names = new Set(additionalHeaders.map(name => name.toLowerCase()))
  return [...names].filter(name => name in headers && !isAlwaysSigned(name)).sort()
}

function isEmpty(headers: Readonly<Record<string, string>>): boolean {
  for (const _ in headers) return false
  return true
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower: Record<string, string> = {}
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? ''
  return lower
}

/** Formats a time as `20231216T162057Z`, in UTC. */
function formatTime(at: number): string {
  const text = new Date(at).toISOString()
  const date = text.slice(0, 4) + text.slice(5, 7) + text.slice(8, 10)
  return `${date}T${text.slice(11, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`
}

/** Values that all signatures of one second share. */
interface SigningMoment {
  readonly time: string
  readonly scope: string
  readonly key: Uint8Array
  /** The signed headers of a request without more headers, kept for the next one. */
  plain?: SignedHeaders
}

/**
 * Derives signing keys and keeps the last one. It is valid for a day, a region and a secret, and needs four of
 * the six hashes of a signature. The shared values of the last second are kept too.
 */
export class SigningKeys {
  readonly hash: HashFunctions
  #last: { name: string; key: Uint8Array } | undefined
  #second: { number: number; context: SigningContext; moment: SigningMoment } | undefined

  constructor(hash: HashFunctions) {
    this.hash = hash
  }

  momentOf(context: SigningContext): SigningMoment {
    const { at, credentials, region, product } = context
    const number = Math.floor(at / 1000)
    const last = this.#second
    if (
      last?.number === number &&
      last.context.credentials === credentials &&
      last.context.region === region &&
      last.context.product === product
    ) {
      return last.moment
    }
    const time = formatTime(at)
    const date = time.slice(0, 8)
    const moment: SigningMoment = {
      time,
      scope: `${date}/${region}/${product}/aliyun_v4_request`,
      key: this.keyFor(credentials.accessKeySecret, date, region, product),
    }
    this.#second = { number, context, moment }
    return moment
  }

  keyFor(secret: string, date: string, region: string, product: string): Uint8Array {
    const name = `${date}/${region}/${product}/${secret}`
    if (this.#last?.name !== name) {
      let key: Uint8Array = utf8.encode(`aliyun_v4${secret}`)
      for (const message of [date, region, product, 'aliyun_v4_request']) {
        key = this.hash.hmacSha256(key, message)
      }
      this.#last = { name, key }
    }
    return this.#last.key
  }
}
