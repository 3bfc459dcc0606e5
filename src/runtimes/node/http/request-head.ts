// Writes the head of a request: the target exactly as it was signed, values as UTF-8, and no value that could be read as
// a second header.

import { OptionError } from '../../../errors.ts'
import { isBytes, isDetached } from '../../../foreign/bytes.ts'
import type { HttpRequest } from '../../../ports.ts'
import { shown } from '../../../text/shown.ts'
import type { Endpoint } from './connection.ts'

/**
 * @throws {OptionError} `INVALID_HEADERS` or `INVALID_BODY`; nothing was sent
 * @throws {TypeError} for a method or target that no operation uses
 */
export function encodeHead(request: HttpRequest, endpoint: Endpoint): Uint8Array {
  const { method, target, headers, body } = request
  if (!/^[A-Z]+$/.test(method)) throw new TypeError(`Not a method: ${JSON.stringify(method)}`)
  if (!/^\/[\x21-\x7e]*$/.test(target)) {
    throw new TypeError(`Not a request target: ${JSON.stringify(target)}`)
  }
  let head = `${method} ${toProxy(endpoint)}${target} HTTP/1.1\r\nhost: ${endpoint.authority}\r\n`
  head += loginOf(endpoint)
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (name === 'host' || name === 'content-length') continue
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      throw invalidHeader(`${shown(name)} is not the name of a header`)
    }
    // The message does not have the value, which may be a signature or a token.
    if (/[\0\r\n]/.test(value))
      throw invalidHeader(`The header ${name} has a line break or NUL in its value`)
    head += `${name}: ${value}\r\n`
  }
  // The transport decodes nothing, so a proxy must not compress.
  if (headers['accept-encoding'] === undefined) head += 'accept-encoding: identity\r\n'
  const size = bodySize(body)
  if (body !== undefined || method === 'PUT' || method === 'POST') {
    head += `content-length: ${size}\r\n`
  }
  return Buffer.from(`${head}connection: keep-alive\r\n\r\n`, 'utf8')
}

/** Without a tunnel, the request to the proxy has the whole URL. */
function toProxy({ proxy, isSecure, origin }: Endpoint): string {
  return proxy === undefined || isSecure ? '' : origin
}

function loginOf({ proxy, isSecure }: Endpoint): string {
  if (proxy?.authorization === undefined || isSecure) return ''
  return `proxy-authorization: ${proxy.authorization}\r\n`
}

export function bodySize(body: HttpRequest['body']): number {
  if (body === undefined) return 0
  if (isDetached(body)) throw new OptionError('INVALID_BODY', `The body is ${shown(body)}`)
  const size = isBytes(body) ? body.length : body.size
  if (Number.isSafeInteger(size) && size >= 0) return size
  throw new OptionError('INVALID_BODY', `The size of the body is ${shown(size)}`, {
    hint: 'Allowed: a Uint8Array, or { size, read } with a whole number of bytes',
  })
}

function invalidHeader(what: string): OptionError {
  return new OptionError('INVALID_HEADERS', what, { hint: 'Allowed: one line for each header' })
}
