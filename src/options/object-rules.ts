// Rules for metadata, headers, tags and callbacks, as OSS allows them. Each rule returns the value in the form that
// requests need.

import { Misfit, type Rule } from '../validation/rule.ts'
import { entriesOf, isWellFormed, place, strings } from '../validation/rules.ts'

const metadataSizeMax = 8192
const tagCountMax = 10
const callbackSizeMax = 5120

const sizeOf = (text: string) => new TextEncoder().encode(text).length

/** Checks a header's value and removes blanks at its ends, because HTTP does not transmit them. */
function headerValue(value: string, at = ''): string {
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) {
    throw new Misfit({
      at,
      what: 'has line breaks or control characters',
      allowed: 'printable text',
    })
  }
  if (!isWellFormed(value)) {
    throw new Misfit({ at, what: 'has half of a surrogate pair', allowed: 'valid Unicode' })
  }
  return value.trim()
}

/** Converts names to lower case. Refuses two spellings of one name, because only one of the values would be kept. */
function lowerCase(given: Record<string, string>): Record<string, string> {
  const lower = new Map<string, string>()
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase()
    if (lower.has(key)) {
      throw new Misfit({ what: `has ${key} twice`, allowed: 'each name once, in any case' })
    }
    lower.set(key, headerValue(value, place(name)))
  }
  return Object.fromEntries(lower)
}

export const contentType: Rule<string> = {
  allowed: 'a MIME type such as text/html; charset=utf-8',
  read(value) {
    if (typeof value !== 'string' || value.trim() === '') throw new Misfit()
    return headerValue(value)
  },
}

/** Headers that the signer or the transport sets. */
const reservedForAll = [
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
]

/** Headers that other options of an upload, or the upload itself, set. */
const reserved = new Set([
  ...reservedForAll,
  'x-oss-forbid-overwrite',
  'x-oss-object-acl',
  'x-oss-callback',
  'x-oss-callback-var',
  'x-oss-complete-all',
  'x-oss-meta-ossup-id',
  // These headers describe one request's body. PutObject and Initiate have different bodies.
  'content-md5',
  'x-oss-hash-crc64ecma',
])

function headersWithout(
  reserved: ReadonlySet<string>,
  allowed: string,
): Rule<Record<string, string>> {
  return {
    allowed: 'a plain object of header names and strings',
    read(value) {
      const given = strings.read(value)
      for (const name of Object.keys(given)) {
        const at = place(name)
        if (reserved.has(name.toLowerCase())) throw new Misfit({ at, what: 'is reserved', allowed })
        if (!/^[A-Za-z0-9-]+$/.test(name)) {
          const characters = 'names of letters, digits and hyphens'
          throw new Misfit({ at, what: 'is not the name of a header', allowed: characters })
        }
      }
      const lower = lowerCase(given)
      const payer = lower['x-oss-request-payer']
      if (payer !== undefined && payer !== 'requester') {
        const at = place('x-oss-request-payer')
        throw new Misfit({ at, what: 'has another value', allowed: 'requester' })
      }
      return lower
    },
  }
}

/** The rule for headers of an upload, which belong to the object. */
export const headers = headersWithout(
  reserved,
  'headers of the object; this one is set by the upload itself',
)

/** The rule for headers of one request of a plain operation. */
export const requestHeaders = headersWithout(
  new Set(reservedForAll),
  'other headers; this one is set when the request is signed and sent',
)

export const metadata: Rule<Record<string, string>> = {
  allowed: 'a plain object of names and strings',
  read(value) {
    const given = strings.read(value)
    let size = 0
    for (const [name, each] of Object.entries(given)) {
      const at = place(name)
      if (!/^[A-Za-z0-9-]+$/.test(name)) {
        throw new Misfit({
          at,
          what: 'is no name',
          allowed: 'a name of letters, digits and hyphens',
        })
      }
      if (reserved.has(`x-oss-meta-${name.toLowerCase()}`)) {
        throw new Misfit({ at, what: 'is reserved', allowed: 'names other than ossup-id' })
      }
      size += name.length + sizeOf(each)
    }
    if (size > metadataSizeMax) {
      throw new Misfit({
        what: `has ${size} bytes`,
        allowed: `at most ${metadataSizeMax} bytes of names and values`,
      })
    }
    return lowerCase(given)
  },
}

export const tags: Rule<Record<string, string>> = {
  allowed: 'a plain object of names and strings, at most 10',
  read(value) {
    const given = strings.read(value)
    const count = Object.keys(given).length
    if (count > tagCountMax) {
      throw new Misfit({ what: `has ${count} tags`, allowed: `at most ${tagCountMax}` })
    }
    for (const [name, each] of Object.entries(given)) checkTag(name, each)
    return given
  },
}

const tagPattern = /^[\p{L}\p{N} +\-=._:/]*$/u
const tagCharacters = 'letters, digits, blank and + - = . _ : /'

function checkTag(name: string, value: string): void {
  if (name === '' || sizeOf(name) > 128 || !tagPattern.test(name)) {
    const allowed = `names of 1 to 128 bytes of ${tagCharacters}`
    throw new Misfit({ at: place(name), what: 'is no tag name', allowed })
  }
  if (sizeOf(value) > 256 || !tagPattern.test(value)) {
    const allowed = `values of at most 256 bytes of ${tagCharacters}`
    throw new Misfit({ at: place(name), value: { given: value }, allowed })
  }
}

/**
 * Makes a rule for a JSON object or its JSON string. Returns the string. Messages do not show it, because it may hold
 * a secret.
 */
function json(allowed: string, check: (names: readonly string[]) => void): Rule<string> {
  return {
    allowed,
    isHidden: true,
    read(value) {
      const text =
        typeof value === 'string' ? value : JSON.stringify(Object.fromEntries(entriesOf(value)))
      const { parsed, hasHalf } = parseObject(text)
      if (parsed === undefined) throw new Misfit()
      if (hasHalf) throw new Misfit({ what: 'has half of a surrogate pair' })
      check(Object.keys(parsed))
      const size = sizeOf(text)
      if (size > callbackSizeMax) {
        throw new Misfit({ what: `has ${size} bytes`, allowed: `at most ${callbackSizeMax} bytes` })
      }
      return text
    },
  }
}

/** @returns the object, and whether any of its strings has half of a surrogate pair, also written as an escape */
function parseObject(text: string): { parsed: object | undefined; hasHalf: boolean } {
  let hasHalf = false
  try {
    const value: unknown = JSON.parse(text, (name, each: unknown) => {
      if (!isWellFormed(name) || (typeof each === 'string' && !isWellFormed(each))) hasHalf = true
      return each
    })
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return { parsed: isObject ? value : undefined, hasHalf }
  } catch {
    return { parsed: undefined, hasHalf }
  }
}

export const callback: Rule<string> = json('a JSON object, or its text', () => {})

export const callbackVariables: Rule<string> = json(
  'a JSON object with names that start with x:, or its text',
  names => {
    const odd = names.find(name => !name.startsWith('x:'))
    if (odd !== undefined) throw new Misfit({ at: place(odd), what: 'does not start with x:' })
  },
)
