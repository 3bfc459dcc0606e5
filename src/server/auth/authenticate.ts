// Finds the sender of a request: a key pair by signature V4 or V1, in headers or in the URL, or an anonymous client.
// Every refusal has the fields that help people find their mistake (2.6).

import { timingSafeEqual } from 'node:crypto'
import { xmlTime } from '../http/documents.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'
import { type ClaimV4, readAuthorization, readPresigned } from './credential.ts'
import type { KeyPair, KeyRing } from './keys.ts'
import { signV1 } from './v1.ts'
import {
  algorithmV4,
  formatTimeV4,
  parseTimeV4,
  type SignedRequest,
  signV4,
  unsignedPayload,
} from './v4.ts'

/** Maximum difference between the request's time and the server's time in either direction, milliseconds (2.5). */
export const skewMaxMs = 15 * 60_000
/** Maximum lifetime of a V4 URL, seconds. */
const expiresMax = 604_800

export interface AuthContext {
  readonly keys: KeyRing
  readonly region: string
  readonly unconfirmed: Unconfirmed
  /** The current time, in epoch milliseconds. */
  readonly now: number
}

/**
 * Returns the key pair that signed the request; `undefined` for an anonymous request.
 * @throws {OssFault}
 */
export function authenticate(request: SignedRequest, context: AuthContext): KeyPair | undefined {
  const { headers, query } = request
  const authorization = headers.authorization
  const isPresigned = query.has('x-oss-signature-version') || query.has('x-oss-signature')
  const isPresignedV1 = ['OSSAccessKeyId', 'Signature'].some(name => query.has(name))
  if (authorization !== undefined) {
    if ((isPresigned || isPresignedV1) && context.unconfirmed.doubleSignature !== 'header') {
      throw invalidArgument('Authorization', '', 'The request is signed in both header and URL.')
    }
    if (authorization.startsWith(`${algorithmV4} `)) {
      return headerV4(request, authorization.slice(algorithmV4.length + 1), context)
    }
    return headerV1(request, authorization, context)
  }
  if (isPresigned) return urlV4(request, context)
  return isPresignedV1 ? urlV1(request, context) : undefined
}

function headerV4(request: SignedRequest, authorization: string, context: AuthContext): KeyPair {
  const { headers } = request
  const claim = readAuthorization(authorization)
  checkRegion(claim.region, `${algorithmV4} ${authorization}`, context)
  const payload = headers['x-oss-content-sha256']
  if (payload !== unsignedPayload) {
    throw new OssFault(context.unconfirmed.payloadHashCode, {
      message: `x-oss-content-sha256 must be ${unsignedPayload}.`,
      ec: '0002-00000214',
      extra: { ArgumentName: 'x-oss-content-sha256', ArgumentValue: payload ?? '' },
    })
  }
  const at = requestTime(headers, context, 'v4')
  // The time in the string to sign is the unchanged text of the header.
  const time = headers['x-oss-date'] ?? headers.date ?? ''
  if (!formatTimeV4(at).startsWith(claim.date)) {
    throw invalidArgument(
      'Authorization',
      authorization,
      'Credential and x-oss-date differ.',
      '0002-00000212',
    )
  }
  const key = findKey(claim.accessKeyId, context)
  checkSkew(at, context)
  checkV4(request, { ...claim, time }, key, context)
  checkToken(key, headers['x-oss-security-token'], context)
  return key
}

function urlV4(request: SignedRequest, context: AuthContext): KeyPair {
  const { query } = request
  const { unconfirmed, now } = context
  const claim = readPresigned(query, unconfirmed)
  checkRegion(claim.region, query.get('x-oss-credential') ?? '', context, { isUrl: true })
  const time = query.get('x-oss-date') ?? ''
  const at = parseTimeV4(time)
  if (at === undefined || !time.startsWith(claim.date)) {
    throw new OssFault(unconfirmed.malformedPresignCode, {
      message: 'x-oss-date is malformed.',
      ec: '0002-00000223',
    })
  }
  const given = query.get('x-oss-expires') ?? ''
  const expires = Number(given)
  if (!/^\d{1,6}$/.test(given) || expires < 1 || expires > expiresMax) {
    throw new OssFault(unconfirmed.malformedPresignCode, {
      message: `x-oss-expires is 1 to ${expiresMax} seconds.`,
      ec: '0002-00000232',
    })
  }
  const key = findKey(claim.accessKeyId, context)
  const endsAt = at + expires * 1000
  if (now < at - skewMaxMs)
    throw outsideLifetime('The signed URL is not valid yet.', '0002-00000235', endsAt, now)
  if (now > endsAt) throw outsideLifetime('Request has expired.', '0002-00000236', endsAt, now)
  const absent = claim.additionalHeaders.find(name => request.headers[name] === undefined)
  if (absent !== undefined) {
    throw invalidArgument('x-oss-additional-headers', absent, 'A signed header is missing.')
  }
  checkV4(request, { ...claim, time }, key, context)
  checkToken(key, query.get('x-oss-security-token'), context)
  return key
}

function headerV1(request: SignedRequest, authorization: string, context: AuthContext): KeyPair {
  const { headers } = request
  const parts = /^OSS ([^:]+):(.+)$/.exec(authorization)
  if (!parts) throw invalidArgument('Authorization', authorization, undefined, '0002-00000065')
  const [, accessKeyId = '', provided = ''] = parts
  const at = requestTime(headers, context, 'v1')
  const key = findKey(accessKeyId, context)
  checkSkew(at, context)
  checkV1(request, headers['x-oss-date'] ?? headers.date ?? '', provided, key)
  checkToken(key, headers['x-oss-security-token'], context)
  return key
}

function urlV1(request: SignedRequest, context: AuthContext): KeyPair {
  const { headers, query } = request
  const accessKeyId = query.get('OSSAccessKeyId')
  const provided = query.get('Signature')
  const expires = query.get('Expires')
  if (!accessKeyId || !provided || !expires || !/^\d{1,12}$/.test(expires)) {
    throw new OssFault('AccessDenied', {
      message: 'A signed URL needs OSSAccessKeyId, Signature and Expires.',
      ec: expires ? '0002-00000074' : '0002-00000067',
    })
  }
  if (headers['x-oss-security-token'] !== undefined) {
    throw new OssFault('InvalidRequest', {
      message: 'A signed URL carries its token as security-token.',
    })
  }
  const key = findKey(accessKeyId, context)
  const endsAt = Number(expires) * 1000
  if (context.now > endsAt)
    throw outsideLifetime('Request has expired.', '0002-00000069', endsAt, context.now)
  checkV1(request, expires, provided, key)
  checkToken(key, query.get('security-token'), context)
  return key
}

/** The messages have the service's own words, because oss2's test suite compares them. */
function checkRegion(
  region: string,
  authorization: string,
  context: AuthContext,
  { isUrl = false } = {},
): void {
  if (region === context.region) return
  throw new OssFault('InvalidArgument', {
    message: isUrl
      ? 'The signing region in credential is invalid.'
      : 'Invalid signing region in Authorization header.',
    ec: '0002-00000226',
    extra: { Authorization: authorization },
  })
}

/** Returns the time at which the request was made, epoch milliseconds. */
function requestTime(
  headers: SignedRequest['headers'],
  { unconfirmed }: AuthContext,
  version: 'v1' | 'v4',
): number {
  const own = headers['x-oss-date']
  const common = headers.date
  const text = unconfirmed.datePrecedence === 'date' ? (common ?? own) : (own ?? common)
  if (text === undefined) throw dateFault('Date or x-oss-date is required.', '0002-00000503')
  const at = parseTimeV4(text) ?? (httpDate.test(text) ? Date.parse(text) : Number.NaN)
  if (!Number.isNaN(at)) return at
  throw version === 'v4' && text === own
    ? dateFault('x-oss-date is not YYYYMMDDTHHMMSSZ.', '0002-00000505')
    : dateFault('The date is malformed.', '0002-00000502')
}

/** The form of an HTTP date. `Date.parse` also accepts `1` and `2026`, which no client means as a date. */
const httpDate =
  /^[A-Za-z]{3}, +\d{1,2}[ -][A-Za-z]{3}[ -]\d{4} +\d{1,2}:\d{2}:\d{2} +(?:GMT|UTC|[+-]\d{4})$/

function dateFault(message: string, ec: string): OssFault {
  return new OssFault('AccessDenied', { message, ec })
}

function findKey(accessKeyId: string, { keys }: AuthContext): KeyPair {
  const key = keys.get(accessKeyId)
  if (key) return key
  throw new OssFault('InvalidAccessKeyId', { extra: { OSSAccessKeyId: accessKeyId } })
}

function checkSkew(at: number, { now }: AuthContext): void {
  if (Math.abs(now - at) <= skewMaxMs) return
  throw new OssFault('RequestTimeTooSkewed', {
    extra: {
      MaxAllowedSkewMilliseconds: String(skewMaxMs),
      RequestTime: xmlTime(at),
      ServerTime: xmlTime(now),
    },
  })
}

function checkToken(key: KeyPair, token: string | undefined, { keys, now }: AuthContext): void {
  if (token !== key.securityToken) {
    if (token === undefined) {
      throw new OssFault('InvalidAccessKeyId', {
        message: 'This is a temporary access key id: its security token is missing.',
        extra: { OSSAccessKeyId: key.accessKeyId },
      })
    }
    if (key.securityToken === undefined) {
      throw new OssFault('InvalidAccessKeyId', { extra: { OSSAccessKeyId: key.accessKeyId } })
    }
    throw new OssFault(
      keys.knowsToken(token) ? 'AccessKeyIdAndSecurityTokenNotMatch' : 'InvalidSecurityToken',
    )
  }
  if (isExpired(key, now)) throw new OssFault('SecurityTokenExpired')
}

/** Returns whether a temporary key has expired. */
export function isExpired(key: KeyPair, now: number): boolean {
  return key.expiresAt !== undefined && now >= key.expiresAt
}

function checkV4(
  request: SignedRequest,
  claim: ClaimV4 & { time: string },
  key: KeyPair,
  { unconfirmed }: AuthContext,
): void {
  const expected = signV4(request, claim, key.accessKeySecret)
  if (isSame(expected.signature, claim.signature)) return
  throw mismatch(
    key.accessKeyId,
    claim.signature,
    { StringToSign: expected.stringToSign, CanonicalRequest: expected.canonicalRequest },
    unconfirmed.signatureMismatchEcV4,
  )
}

function checkV1(request: SignedRequest, date: string, provided: string, key: KeyPair): void {
  const expected = signV1(request, date, key.accessKeySecret)
  if (isSame(expected.signature, provided)) return
  throw mismatch(
    key.accessKeyId,
    provided,
    { StringToSign: expected.stringToSign },
    '0002-00000040',
  )
}

function mismatch(
  accessKeyId: string,
  provided: string,
  signed: { readonly StringToSign: string; readonly CanonicalRequest?: string },
  ec: string,
): OssFault {
  const bytes = Buffer.from(signed.StringToSign)
    .toString('hex')
    .toUpperCase()
    .replaceAll(/(..)/g, '$1 ')
  return new OssFault('SignatureDoesNotMatch', {
    extra: {
      OSSAccessKeyId: accessKeyId,
      SignatureProvided: provided,
      StringToSignBytes: bytes,
      ...signed,
    },
    ec,
  })
}

function outsideLifetime(what: string, ec: string, endsAt: number, now: number): OssFault {
  return new OssFault('AccessDenied', {
    message: what,
    ec,
    extra: { Expires: xmlTime(endsAt), ServerTime: xmlTime(now) },
  })
}

/** Compares in constant time, so that the duration does not show where the strings differ. */
function isSame(expected: string, provided: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(provided)
  return a.length === b.length && timingSafeEqual(a, b)
}
