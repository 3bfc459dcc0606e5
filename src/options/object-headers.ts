// The options that become headers of requests.

import { OptionError } from '../errors.ts'

const payerHeader = 'x-oss-request-payer'

/** The options of an object, checked: see object-rules.ts. */
export interface ObjectOptions {
  readonly contentType?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly storageClass?: string | undefined
  readonly encryption?: string | undefined
}

/**
 * Headers that belong to the object: sent with PutObject and Initiate, and journaled.
 * @throws {OptionError} `CONFLICTING_OPTIONS` where two options say the same differently
 */
export function objectHeaders(
  options: ObjectOptions,
  fallbackType: string,
): Record<string, string> {
  const { metadata = {}, headers: given = {}, tags = {}, storageClass, encryption } = options
  // Of the request, not of the object: the upload sends it with every request.
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

/** Headers that OSS takes with PutObject and Complete: ACL and callback. */
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

/** Tags as OSS takes them in a header: `a=1&b=2`. */
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

/** Whether the headers of an upload say that the requester pays. */
export function saysRequesterPays(headers: ObjectOptions['headers']): boolean {
  return Object.keys(headers ?? {}).some(name => name.toLowerCase() === payerHeader)
}
