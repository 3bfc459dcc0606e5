// Percent-encoding as OSS writes it, and the order in which OSS sorts: both work on UTF-8 bytes.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Bytes that are not UTF-8 in a path or query. */
export class EncodingError extends Error {}

/**
 * Decodes `%XX` once. A `+` is a blank: the official Go SDK v1 writes blanks so, and a plus as `%2B`. A `%`
 * without two hex digits is kept as it is. Characters up to 0xFF are bytes, as in a request's head.
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

/** Encodes all but `A-Z a-z 0-9 - _ . ~`, and `/` where it is kept. */
export function percentEncode(text: string, keep: '/' | '' = ''): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return keep === '/' ? encoded.replaceAll('%2F', '/') : encoded
}

/** The size in UTF-8. */
export function utf8Size(text: string): number {
  return encoder.encode(text).length
}

/**
 * Orders by UTF-8 bytes. UTF-16 units, which JavaScript compares, sort alike except for surrogates: their
 * characters come after all others.
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
