// The options that become headers of requests, checked by the rules that OSS has for them.

import { choice, entriesOf, refuse } from './option-checks.ts'
import type { UploadOptions } from './upload-options.ts'

const storageClasses = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const
const acls = ['default', 'private', 'public-read', 'public-read-write'] as const
const encryptions = ['AES256', 'KMS', 'SM4'] as const

/** Headers that belong to the object: sent with PutObject and Initiate, and journaled. */
export function objectHeaders(options: UploadOptions, contentType: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': options.contentType ?? contentType }
  for (const [name, value] of entriesOf('headers', options.headers)) {
    const lower = name.toLowerCase()
    // Of the request, not of the object: the upload sends it with every request.
    if (lower === 'x-oss-request-payer') {
      choice('headers', value, ['requester'])
      continue
    }
    if (reserved.has(lower)) {
      refuse('headers', name, 'a header of the object; this one is set by the upload itself')
    }
    if (!/^[a-z0-9-]+$/.test(lower)) refuse('headers', name, 'a header name')
    headers[lower] = headerValue('headers', value)
  }
  let metadataSize = 0
  for (const [name, value] of entriesOf('metadata', options.metadata)) {
    if (!/^[A-Za-z0-9-]+$/.test(name)) {
      refuse('metadata', name, 'a name of letters, digits and hyphens')
    }
    const header = `x-oss-meta-${name.toLowerCase()}`
    if (reserved.has(header)) refuse('metadata', name, 'a name that the upload does not use itself')
    headers[header] = headerValue('metadata', value)
    metadataSize += name.length + new TextEncoder().encode(String(value)).length
  }
  if (metadataSize > 8192) refuse('metadata', `${metadataSize} bytes`, 'at most 8192 bytes in all')
  const tags = entriesOf('tags', options.tags)
  if (tags.length > 10) refuse('tags', `${tags.length} tags`, 'at most 10')
  if (tags.length > 0) headers['x-oss-tagging'] = tags.map(encodeTag).join('&')
  const storageClass = choice('storageClass', options.storageClass, storageClasses)
  if (storageClass !== undefined) headers['x-oss-storage-class'] = storageClass
  const encryption = choice('encryption', options.encryption, encryptions)
  if (encryption !== undefined) headers['x-oss-server-side-encryption'] = encryption
  headers['content-type'] = headerValue('contentType', headers['content-type'] ?? '')
  return headers
}

/** Set by other options, by the signer or by the transport. */
const reserved = new Set([
  'host',
  'date',
  'authorization',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
  'x-oss-date',
  'x-oss-content-sha256',
  'x-oss-security-token',
  'x-oss-forbid-overwrite',
  'x-oss-object-acl',
  'x-oss-callback',
  'x-oss-callback-var',
  'x-oss-complete-all',
  'x-oss-meta-ossup-id',
  // Of one request's body: PutObject and Initiate have different ones.
  'content-md5',
  'x-oss-hash-crc64ecma',
])

/** Headers that OSS takes with PutObject and Complete: ACL and callback. */
export function completeHeaders(options: UploadOptions): Record<string, string> {
  const headers: Record<string, string> = {}
  const acl = choice('acl', options.acl, acls)
  if (acl !== undefined) headers['x-oss-object-acl'] = acl
  if (options.callback !== undefined) {
    headers['x-oss-callback'] = encodeJson('callback', options.callback)
  }
  if (options.callbackVariables !== undefined) {
    headers['x-oss-callback-var'] = encodeJson('callbackVariables', options.callbackVariables)
  }
  return headers
}

function encodeTag([name, value]: [string, unknown]): string {
  const allowed = /^[\p{L}\p{N} +\-=._:/]*$/u
  const size = (text: string) => new TextEncoder().encode(text).length
  if (name === '' || size(name) > 128 || !allowed.test(name)) {
    refuse('tags', name, 'names of 1 to 128 bytes of letters, digits, blank and + - = . _ : /')
  }
  if (typeof value !== 'string' || size(value) > 256 || !allowed.test(value)) {
    return refuse(
      'tags',
      `${name}=${value}`,
      'values of at most 256 bytes of letters, digits, blank and + - = . _ : /',
    )
  }
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}

function encodeJson(name: 'callback' | 'callbackVariables', value: string | object): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const names = namesIn(text)
  if (names === undefined) return refuse(name, text, 'a JSON object')
  const odd = names.find(variable => !variable.startsWith('x:'))
  if (name === 'callbackVariables' && odd !== undefined)
    refuse(name, odd, 'names that begin with x:')
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > 5120) refuse(name, `${bytes.length} bytes`, 'at most 5120 bytes')
  return btoa(String.fromCharCode(...bytes))
}

/** The names of a JSON object; `undefined` if it is none. */
function namesIn(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value)
      : undefined
  } catch {
    return undefined
  }
}

function headerValue(name: string, value: unknown): string {
  if (typeof value !== 'string' || /[\0-\x08\x0a-\x1f\x7f]/.test(value)) {
    return refuse(name, value, 'a text without line breaks and control characters')
  }
  return value.trim()
}

/** Whether the headers of an upload say that the requester pays. */
export function saysRequesterPays(headers: UploadOptions['headers']): boolean {
  return Object.keys(headers ?? {}).some(name => name.toLowerCase() === 'x-oss-request-payer')
}
