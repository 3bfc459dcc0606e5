// Refuses requests that the lenient HTTP parser accepts but this server does not. The parser must be lenient because
// the official C SDK sends Content-Length together with chunked encoding. OSS accepts such requests and uses the
// chunks.

import type { IncomingMessage } from 'node:http'

const once = ['host', 'content-length', 'transfer-encoding', 'authorization']

/** Returns why a request is ambiguous; `undefined` if it is not. */
export function objectionTo({ rawHeaders }: IncomingMessage): string | undefined {
  const seen = new Set<string>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    const value = rawHeaders[at + 1]!
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'A header has a name that HTTP does not allow.'
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return `The header ${name} has a control character.`
    if (once.includes(name) && seen.has(name)) return `The header ${name} is given twice.`
    if (name === 'content-length' && !/^\d{1,15}$/.test(value))
      return 'Content-Length is no number.'
    if (name === 'transfer-encoding' && value.trim().toLowerCase() !== 'chunked') {
      return 'The only Transfer-Encoding is chunked.'
    }
    seen.add(name)
  }
  return undefined
}

/** Returns true for a request with both a length and chunks. Bytes after it on its connection are not trusted. */
export function isDoublyFramed({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined && headers['transfer-encoding'] !== undefined
}

const special: Readonly<Record<string, string>> = {
  etag: 'ETag',
  'content-md5': 'Content-MD5',
}

/**
 * Writes a header name as OSS does: `Content-Length`, `ETag`, and names of OSS in lower case. Some clients compare
 * the case.
 */
export function writtenName(name: string): string {
  if (name.startsWith('x-oss-')) return name
  return special[name] ?? name.replace(/(^|-)[a-z]/g, start => start.toUpperCase())
}
