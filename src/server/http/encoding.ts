// Percent-encoding as OSS writes it, and the order in which OSS sorts. Both work on UTF-8 bytes.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** A path or query that is not UTF-8. */
export class EncodingError extends Error {}

/**
 * Decodes `%XX` once. A `+` is decoded as a blank: the official Go SDK v1 writes a blank as `+`, and a plus as `%2B`.
 * A `%` without two hex digits stays unchanged. Characters up to 0xFF are bytes, as in a request's head.
 */
export function percentDecode(text: string): string {
  if (!/[%+\x80-\uffff]/.test(text)) return text
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0xff) throw new EncodingError('not a byte')
    const pair = code === 0x25 ? text.slice(at + 1, at + 3) : ''
    const isEncoded = /^[\da-fA-F]{2}$/.test(pair)
    bytes[length++] = isEncoded ? Number.parseInt(pair, 16) : code === 0x2b ? 0x20 : code
    if (isEncoded) at += 2
  }
  try {
    return strict.decode(bytes.subarray(0, length))
  } catch {
    throw new EncodingError('not UTF-8')
  }
}

/** Encodes all characters but `A-Z a-z 0-9 - _ . ~`, and `/` unless it is kept. */
export function percentEncode(text: string, keep: '/' | '' = ''): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return keep === '/' ? encoded.replaceAll('%2F', '/') : encoded
}

/** Returns the number of bytes in UTF-8. */
export function utf8Size(text: string): number {
  return encoder.encode(text).length
}

/**
 * Compares by UTF-8 bytes. JavaScript compares UTF-16 units, which gives the same order except for surrogates: in
 * UTF-8, their characters come after all others.
 */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
