// Percent-encoding for OSS's signatures: UTF-8 bytes, unreserved `A-Z a-z 0-9 - _ . ~`, upper-case hex, `%20`
// for a blank. Source: oss-facts, section 1.4.

import { OptionError } from '../errors.ts'

/** Encodes an object key for a path; `/` stays, and nothing is normalised. */
export function encodeKey(key: string): string {
  if (/^[\w\-.~/]*$/.test(key)) return key
  return percentEncode(key).replaceAll('%2F', '/')
}

/** Encodes a name or value of a query, `/` included. */
export function encodeQuery(text: string): string {
  return /^[\w\-.~]*$/.test(text) ? text : percentEncode(text)
}

function percentEncode(text: string): string {
  try {
    // `encodeURIComponent` leaves these five alone.
    return encodeURIComponent(text).replace(/[!'()*]/g, percentEncodeAscii)
  } catch (cause) {
    throw new OptionError('INVALID_UNICODE', `${JSON.stringify(text)} is not valid Unicode`, {
      hint: 'Half of a surrogate pair has no UTF-8 form',
      cause,
    })
  }
}

function percentEncodeAscii(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/**
 * The query of a request as it is signed and sent: sorted by the bytes of the encoded names; a
 * parameter without a value is its bare name. Empty for no parameters.
 */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  let text = ''
  let last = ''
  for (const plain in query) {
    const name = encodeQuery(plain)
    // Sorts names without their values, because `=` sorts after digits. They are ASCII, so this is byte order.
    if (name < last) return sortedQuery(query)
    last = name
    text += pair(text, name, query[plain])
  }
  return text
}

function sortedQuery(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => ({ name: encodeQuery(name), value }))
  pairs.sort((a, b) => (a.name < b.name ? -1 : 1))
  return pairs.reduce((text, { name, value }) => text + pair(text, name, value), '')
}

function pair(before: string, name: string, value = ''): string {
  const and = before === '' ? '' : '&'
  return value === '' ? `${and}${name}` : `${and}${name}=${encodeQuery(value)}`
}
