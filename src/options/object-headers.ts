// Turns options into request headers.

import { OptionError } from '../errors.ts'

const payerHeader = 'x-oss-request-payer'

/** The checked options of an object: see object-rules.ts. */
export interface ObjectOptions {
  readonly contentType?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly storageClass?: string | undefined
  readonly encryption?: string | undefined
}

/**
 * Returns the headers that belong to the object. They are sent with PutObject and Initiate, and stored in the
 * journal.
 * @throws {OptionError} `CONFLICTING_OPTIONS` if two options set one header to different values
 */
export function objectHeaders(
  options: ObjectOptions,
  fallbackType: string,
): Record<string, string> {
  const { metadata = {}, headers: given = {}, tags = {}, storageClass, encryption } = options
  // This header belongs to requests, not to the object. The upload sends it with every request.
  const { [payerHeader]: _, ...headers } = given
  const own = new Map<string, readonly [option: string, value: string]>()
  if (options.contentType !== undefined) {
    own.set('content-type', ['contentType', options.contentType])
  }
  for (const [name, value] of Object.entries(metadata)) {
    own.set(`x-oss-meta-${name}`, ['metadata', value])
  }
  const tagging = encodeTags(tags)
  if (tagging !== '') own.set('x-oss-tagging', ['tags', tagging])
  if (storageClass !== undefined) own.set('x-oss-storage-class', ['storageClass', storageClass])
  if (encryption !== undefined) {
    own.set('x-oss-server-side-encryption', ['encryption', encryption])
  }
  const result: Record<string, string> = { 'content-type': fallbackType, ...headers }
  for (const [header, [option, value]] of own) {
    if (Object.hasOwn(headers, header) && headers[header] !== value) refuseBoth(option, header)
    result[header] = value
  }
  return result
}

/** Returns the headers that OSS accepts with PutObject and Complete: ACL and callback. */
export function completeHeaders({
  acl,
  callback,
  callbackVariables,
}: {
  readonly acl?: string | undefined
  readonly callback?: string | undefined
  readonly callbackVariables?: string | undefined
}): Record<string, string> {
  const headers: Record<string, string> = {}
  if (acl !== undefined) headers['x-oss-object-acl'] = acl
  if (callback !== undefined) headers['x-oss-callback'] = base64(callback)
  if (callbackVariables !== undefined) headers['x-oss-callback-var'] = base64(callbackVariables)
  return headers
}

/** Writes tags in the form of the header: `a=1&b=2`. */
export function encodeTags(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

function refuseBoth(option: string, header: string): never {
  throw new OptionError(
    'CONFLICTING_OPTIONS',
    `${option} and the header ${header} contradict each other`,
    { options: [option, 'headers'], hint: 'Leave out one of them' },
  )
}

/** Returns whether the headers of an upload say that the requester pays. */
export function saysRequesterPays(headers: ObjectOptions['headers']): boolean {
  return Object.keys(headers ?? {}).some(name => name.toLowerCase() === payerHeader)
}
