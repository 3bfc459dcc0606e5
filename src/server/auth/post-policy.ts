// Authenticates the sender of a form and checks the form's policy (2.3). Signatures V1 and V4 sign the policy exactly
// as it is in the form.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { isExpired } from './authenticate.ts'
import type { KeyPair, KeyRing } from './keys.ts'
import { signingKeyV4 } from './v4.ts'

export interface FormClaim {
  readonly fields: ReadonlyMap<string, string>
  readonly bucket: string
  readonly region: string
  readonly keys: KeyRing
  /** The current time, in epoch milliseconds. */
  readonly now: number
}

export interface FormPermit {
  readonly caller: KeyPair | undefined
  readonly sizeMin: number
  readonly sizeMax: number
}

/**
 * Authenticates a form and checks its policy.
 * @throws {OssFault} if the signature is wrong, or a condition of the policy does not hold
 */
export function readPermit(claim: FormClaim): FormPermit {
  const { fields } = claim
  const policy = fields.get('policy')
  const signature = fields.get('x-oss-signature') ?? fields.get('signature')
  const id = fields.get('x-oss-credential') ?? fields.get('ossaccesskeyid')
  if (policy === undefined && signature === undefined && id === undefined) {
    return { caller: undefined, sizeMin: 0, sizeMax: Number.POSITIVE_INFINITY }
  }
  if (policy === undefined || signature === undefined || id === undefined) {
    throw invalidArgument('policy', '', 'A signed form needs its key id, policy and signature.')
  }
  const caller = fields.has('x-oss-signature') ? signedV4(claim, policy) : signedV1(claim, policy)
  const token = fields.get('x-oss-security-token')
  if (token !== caller.securityToken) throw new OssFault('InvalidAccessKeyId')
  if (isExpired(caller, claim.now)) throw new OssFault('SecurityTokenExpired')
  return { caller, ...checkPolicy(claim, policy) }
}

function signedV1({ fields, keys }: FormClaim, policy: string): KeyPair {
  const key = known(keys, fields.get('ossaccesskeyid') ?? '')
  const expected = createHmac('sha1', key.accessKeySecret).update(policy).digest('base64')
  return verified(key, expected, fields.get('signature') ?? '', policy)
}

function signedV4({ fields, keys, region }: FormClaim, policy: string): KeyPair {
  const credential = fields.get('x-oss-credential') ?? ''
  const parts = /^(.+)\/(\d{8})\/([^/]+)\/(oss)\/aliyun_v4_request$/.exec(credential)
  const [, id = '', date = '', own = '', product = ''] = parts ?? []
  const isWhole =
    parts !== null &&
    fields.get('x-oss-signature-version') === 'OSS4-HMAC-SHA256' &&
    (fields.get('x-oss-date') ?? '').startsWith(date)
  if (!isWhole) throw invalidArgument('x-oss-credential', credential)
  if (own !== region) {
    throw invalidArgument('x-oss-credential', credential, undefined, '0002-00000715')
  }
  const key = known(keys, id)
  const signingKey = signingKeyV4(key.accessKeySecret, { date, region, product })
  const expected = createHmac('sha256', signingKey).update(policy).digest('hex')
  return verified(key, expected, fields.get('x-oss-signature') ?? '', policy)
}

function known(keys: KeyRing, id: string): KeyPair {
  const key = keys.get(id)
  if (key) return key
  throw new OssFault('InvalidAccessKeyId', { extra: { OSSAccessKeyId: id } })
}

function verified(key: KeyPair, expected: string, provided: string, policy: string): KeyPair {
  const [a, b] = [Buffer.from(expected), Buffer.from(provided)]
  if (a.length === b.length && timingSafeEqual(a, b)) return key
  throw new OssFault('SignatureDoesNotMatch', {
    extra: { OSSAccessKeyId: key.accessKeyId, SignatureProvided: provided, StringToSign: policy },
  })
}

function checkPolicy(claim: FormClaim, base64: string): { sizeMin: number; sizeMax: number } {
  const { expiration, conditions } = parsePolicy(base64)
  if (!(Date.parse(expiration) > claim.now)) throw denied('Policy expired.')
  const range = { sizeMin: 0, sizeMax: Number.POSITIVE_INFINITY }
  for (const condition of conditions) {
    const shown = JSON.stringify(condition)
    if (Array.isArray(condition)) {
      const [how, name, value]: unknown[] = condition
      if (how === 'content-length-range') {
        if (typeof name !== 'number' || typeof value !== 'number')
          throw new OssFault('InvalidPolicyDocument')
        range.sizeMin = Math.max(range.sizeMin, name)
        range.sizeMax = Math.min(range.sizeMax, value)
      } else if (!holds(String(how), fieldOf(String(name).replace(/^\$/, ''), claim), value)) {
        throw denied(`Policy Condition failed: ${shown}`)
      }
    } else if (typeof condition === 'object' && condition !== null) {
      for (const [name, value] of Object.entries(condition)) {
        if (fieldOf(name, claim) !== value) throw denied(`Policy Condition failed: ${shown}`)
      }
    } else throw new OssFault('InvalidPolicyDocument')
  }
  return range
}

function parsePolicy(base64: string): { expiration: string; conditions: readonly unknown[] } {
  let policy: unknown
  try {
    policy = JSON.parse(Buffer.from(base64, 'base64').toString())
  } catch {
    throw new OssFault('InvalidPolicyDocument')
  }
  if (typeof policy !== 'object' || policy === null) throw new OssFault('InvalidPolicyDocument')
  const expiration: unknown = Reflect.get(policy, 'expiration')
  const conditions: unknown = Reflect.get(policy, 'conditions')
  if (typeof expiration !== 'string' || !Array.isArray(conditions)) {
    throw new OssFault('InvalidPolicyDocument')
  }
  return { expiration, conditions }
}

function fieldOf(name: string, { fields, bucket }: FormClaim): string | undefined {
  return name.toLowerCase() === 'bucket' ? bucket : fields.get(name.toLowerCase())
}

function holds(how: string, field: string | undefined, value: unknown): boolean {
  switch (how) {
    case 'eq':
      return field === value
    case 'starts-with':
      return typeof value === 'string' && (field ?? '').startsWith(value)
    case 'in':
      return Array.isArray(value) && value.includes(field)
    case 'not-in':
      return Array.isArray(value) && !value.includes(field)
    default:
      throw new OssFault('InvalidPolicyDocument')
  }
}

function denied(why: string): OssFault {
  return new OssFault('AccessDenied', { message: `Invalid according to Policy: ${why}` })
}
