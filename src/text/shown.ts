// Formats a value of a caller for a message. All messages use this function, because a value may be the content of
// an object, may be a megabyte long, may throw when it is converted to a string, or may be an address with a
// password.

import { isDetached } from '../foreign/bytes.ts'

const lengthMax = 100

/** A value for a message: strings in quotes and at most 100 characters, everything else by its kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value !== 'object' || value === null) return String(value)
  if (isDetached(value)) return 'bytes whose memory was transferred, for example to a worker'
  try {
    return Array.isArray(value) ? 'a list' : `an object (${className(value)})`
  } catch {
    return 'an object that hides what it is'
  }
}

/** An address without the user and the password in it. */
export function withoutLogin(address: string): string {
  return address.replace(/^(\s*[a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1…@')
}

function quoted(text: string): string {
  const safe = text.slice(0, 4 * lengthMax).replace(/([a-z][a-z\d+.-]*:\/\/)\S*@/gi, '$1…@')
  const isCut = safe.length > lengthMax || text.length > 4 * lengthMax
  // JSON makes control characters and half pairs visible.
  const start = JSON.stringify(isCut ? safe.slice(0, lengthMax) : safe)
  return isCut ? `${start}… (${text.length} characters)` : start
}

function className(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? name.slice(0, lengthMax) : 'without prototype'
}
