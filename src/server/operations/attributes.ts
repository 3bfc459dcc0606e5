// Reads the attributes of a new object from request headers, at Put, Copy and Initiate (3.2, 3.9).

import { percentDecode, utf8Size } from '../http/encoding.ts'
import { invalidArgument, OssFault } from '../http/errors.ts'
import { slowed } from '../http/slowed.ts'
import type { Context } from '../request/context.ts'
import type { Attributes, BucketRecord, ObjectAcl } from '../store/records.ts'
import { checkTags } from './tags.ts'

type Headers = Readonly<Record<string, string>>

const stored = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]
const storageClasses = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive']
const acls = ['default', 'private', 'public-read', 'public-read-write']
const metadataSizeMax = 8 * 1024
const defaultKmsKeyId = '00000000-0000-0000-0000-000000000001'

/**
 * Reads all attributes.
 * @throws {OssFault} for values that OSS does not allow
 */
export function readAttributes({ request, rules, record }: Context): Attributes {
  const { headers } = request
  const kept: Record<string, string> = {
    'content-type': headers['content-type'] || 'application/octet-stream',
  }
  for (const name of stored) {
    const value = headers[name]
    if (value !== undefined) kept[name] = value
  }
  const storageClass = (headers['x-oss-storage-class'] || record?.storageClass) ?? 'Standard'
  if (!storageClasses.includes(storageClass)) {
    throw invalidArgument('x-oss-storage-class', storageClass)
  }
  return {
    headers: { ...kept, ...readMetadata(headers, rules.unconfirmed.oversizedMetadataCode) },
    storageClass,
    encryption: headers['x-oss-server-side-encryption']
      ? readEncryption(headers)
      : ofBucket(record, headers),
    tags: checkTags(readTags(headers['x-oss-tagging'] ?? ''), 'header', rules.unconfirmed),
  }
}

const conditions = ['if-modified-since', 'if-unmodified-since', 'if-match', 'if-none-match']

/** Refuses conditions, which PutObject does not support. Initiate ignores them. */
export function refuseConditions(headers: Headers): void {
  refuseHeaders(headers, conditions)
}

/** Refuses headers that this server would have to obey but does not support. */
export function refuseUnsupported(headers: Headers): void {
  refuseHeaders(headers, ['x-oss-persistent-headers'])
}

/**
 * Refuses encryption headers with parts and at Complete: they belong to Initiate. @throws {OssFault} InvalidArgument
 */
export function refuseEncryption(headers: Headers): void {
  const name = Object.keys(headers).find(one => one.startsWith('x-oss-server-side-encryption'))
  if (name !== undefined) throw invalidArgument(name, headers[name] ?? '')
}

function refuseHeaders(headers: Headers, names: readonly string[]): void {
  for (const name of names) {
    if (headers[name] !== undefined)
      throw new OssFault('NotImplemented', { extra: { Header: name } })
  }
}

/** Reads `x-oss-object-acl`; `undefined` if it was not given. */
export function readObjectAcl(headers: Headers): ObjectAcl | undefined {
  // An empty value counts as absent.
  const acl = headers['x-oss-object-acl'] || undefined
  if (acl === undefined) return undefined
  if (!isAcl(acl)) throw invalidArgument('x-oss-object-acl', acl)
  return acl
}

function isAcl(text: string): text is ObjectAcl {
  return acls.includes(text)
}

/** Returns the request with its body slowed to the limit of `x-oss-traffic-limit`. */
export function withTrafficLimit(context: Context, options: { isClamped?: boolean } = {}): Context {
  const { request, clock } = context
  const limit = readTrafficLimit(context, options)
  if (limit === undefined) return context
  return { ...context, request: { ...request, body: slowed(request.body, limit, clock) } }
}

/** Reads `x-oss-traffic-limit`. OSS counts it in bits per second; the result is in bytes per second. */
export function readTrafficLimit(
  { request, query }: Context,
  { isClamped = false }: { isClamped?: boolean } = {},
): number | undefined {
  const limit = request.headers['x-oss-traffic-limit'] || query.get('x-oss-traffic-limit')
  if (limit === undefined) return undefined
  const bits = Number(limit)
  const nearest = Math.min(Math.max(bits, 819_200), 838_860_800)
  if (!/^\d+$/.test(limit) || (nearest !== bits && !isClamped)) {
    throw invalidArgument('x-oss-traffic-limit', limit)
  }
  return nearest / 8
}

/** Returns the header that says how long a limit delays the body, milliseconds. */
export function trafficLimitHeader(
  context: Context,
  size: number,
  options: { isClamped?: boolean } = {},
): Record<string, string> {
  const limit = readTrafficLimit(context, options)
  if (limit === undefined) return {}
  return { 'x-oss-qos-delay-time': String(Math.round((size / limit) * 1000)) }
}

function readMetadata(headers: Headers, oversizedCode: 'InvalidArgument' | 'InvalidRequest') {
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith('x-oss-meta-'))
  let size = 0
  for (const [name, value] of metadata) {
    const own = name.slice('x-oss-meta-'.length)
    if (!/^[a-z0-9-]+$/.test(own))
      throw invalidArgument(name, value, 'Letters, digits and hyphens only.')
    size += own.length + utf8Size(value)
  }
  if (size > metadataSizeMax) {
    throw new OssFault(oversizedCode, {
      message: `User metadata is over ${metadataSizeMax} bytes.`,
    })
  }
  return Object.fromEntries(metadata)
}

/** Adds the bucket's encryption rule, for an object that names no encryption. */
function ofBucket(record: BucketRecord | undefined, headers: Headers): Record<string, string> {
  return { ...readEncryption(headers), ...record?.encryption }
}

/**
 * Reads the encryption headers.
 * @throws {OssFault} InvalidEncryptionAlgorithmError, InvalidArgument
 */
export function readEncryption(headers: Headers): Record<string, string> {
  const method = headers['x-oss-server-side-encryption'] || undefined
  const data = (method === 'KMS' && headers['x-oss-server-side-data-encryption']) || undefined
  const keyId = headers['x-oss-server-side-encryption-key-id'] || undefined
  if (method !== undefined && !['AES256', 'KMS', 'SM4'].includes(method)) {
    throw new OssFault('InvalidEncryptionAlgorithmError')
  }
  if (keyId !== undefined && method !== 'KMS') {
    throw invalidArgument('x-oss-server-side-encryption-key-id', keyId, 'Only with KMS.')
  }
  // OSS ignores this header without KMS.
  if (data !== undefined && data !== 'SM4') {
    throw invalidArgument('x-oss-server-side-data-encryption', data, 'Only SM4.')
  }
  return {
    ...(method === undefined ? {} : { 'x-oss-server-side-encryption': method }),
    ...(data === undefined ? {} : { 'x-oss-server-side-data-encryption': data }),
    // With KMS and no key id, OSS uses its default key and returns the key's id.
    ...(method === 'KMS' && { 'x-oss-server-side-encryption-key-id': keyId ?? defaultKmsKeyId }),
  }
}

function readTags(text: string): (readonly [name: string, value: string])[] {
  return text
    .split('&')
    .filter(piece => piece !== '')
    .map(piece => {
      const [name = '', value = ''] = piece.split('=', 2).map(half => decodeTag(half))
      return [name, value]
    })
}

function decodeTag(text: string): string {
  try {
    return percentDecode(text)
  } catch {
    throw new OssFault('InvalidTaggingKey')
  }
}
