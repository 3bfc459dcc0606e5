// Credentials from callers, files, variables and other programs. They may have the line break of a file, a byte
// order mark, blanks, or an expiry in the format of STS. All credentials pass through here, so that the layers
// below get only values that they can send.

import { CredentialsError } from '../errors.ts'
import { dateValue } from '../foreign/web.ts'
import type { Credentials } from '../ports.ts'

/** Names that other libraries use for `securityToken`. */
const otherTokens = ['stsToken', 'sessionToken', 'SecurityToken', 'SessionToken', 'token']

/**
 * Checks credentials and returns them in one form. Blanks, line breaks and byte order marks around a value
 * are removed; inside a value they are refused. `null` and `''` as a token mean that there is no token.
 * @param source for messages: `The credentials provider`
 * @throws {CredentialsError} `MISSING_CREDENTIALS`; `CREDENTIALS_MISCONFIGURED`, which names the field and
 * never quotes its value
 */
export function givenCredentials(given: unknown, source: string): Credentials {
  const fields = fieldsOf(given)
  const accessKeyId = cleanValue(fields.accessKeyId, `accessKeyId of ${source}`)
  const accessKeySecret = cleanValue(fields.accessKeySecret, `accessKeySecret of ${source}`)
  if (accessKeyId === '' || accessKeySecret === '') throw missing(fields, source)
  const securityToken = cleanValue(fields.securityToken, `securityToken of ${source}`)
  const other = otherTokens.find(name => fields[name] !== undefined && fields[name] !== null)
  if (securityToken === '' && other !== undefined && fields[other] !== '') {
    throw misconfigured(`${source} has ${other}, which is called securityToken here`)
  }
  const { expiresAt } = fields
  return {
    accessKeyId,
    accessKeySecret,
    ...(securityToken !== '' && { securityToken }),
    ...(expiresAt !== undefined &&
      expiresAt !== null && { expiresAt: expiryOf(expiresAt, `expiresAt of ${source}`) }),
  }
}

/**
 * A key, token or other value for requests, without blanks around it.
 * @param name of the value and its source, for messages
 * @returns `''` for a value that is absent or empty
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED`
 */
export function cleanValue(value: unknown, name: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw misconfigured(`${name} is not a string`)
  // A byte order mark counts as white space.
  const clean = value.trim()
  const at = clean.search(/[^\x21-\x7e]/)
  if (at < 0) return clean
  throw misconfigured(`${name} has ${characterName(clean, at)} at character ${at + 1}`)
}

/**
 * Epoch milliseconds of an expiry. It may be a number of milliseconds, a Date, or a time in the format of STS.
 * @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED`
 */
export function expiryOf(value: unknown, name: string): number {
  const date = dateValue(value)
  if (date !== undefined && Number.isFinite(date)) return date
  if (typeof value === 'number' && Number.isFinite(value)) {
    if (value < secondsFrom || value >= secondsTo) return value
    throw misconfigured(
      `${name} is ${value}, which looks like seconds`,
      'Allowed: epoch milliseconds',
    )
  }
  if (typeof value === 'string' && /^\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) {
    const at = Date.parse(value.trim())
    if (!Number.isNaN(at)) return at
  }
  throw misconfigured(
    `${name} is not a time`,
    'Allowed: epoch milliseconds, a Date, or a time such as 2026-01-02T03:04:05Z',
  )
}

/** Recognises epoch seconds (from 2001 on), which would be in 1970 as milliseconds. */
const secondsFrom = 1_000_000_000
const secondsTo = 100_000_000_000

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {}
}

function missing(fields: Readonly<Record<string, unknown>>, source: string): CredentialsError {
  const isCapital = fields.AccessKeyId !== undefined || fields.AccessKeySecret !== undefined
  return new CredentialsError(
    'MISSING_CREDENTIALS',
    `${source} has no accessKeyId or no accessKeySecret`,
    {
      hint: isCapital
        ? 'Write the names with a small first letter: accessKeyId, accessKeySecret, securityToken'
        : 'Give both',
    },
  )
}

/** Names an invisible character in a value, and shows nothing else of the value. */
function characterName(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0
  if (code === 0x0a || code === 0x0d) return 'a line break'
  if (code === 0x20 || code === 0x09 || code === 0xa0) return 'a blank'
  if (code === 0xfeff) return 'a byte order mark'
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}, which no key holds,`
}

function misconfigured(
  message: string,
  hint = 'Copy the value again, without what surrounds it',
): CredentialsError {
  return new CredentialsError('CREDENTIALS_MISCONFIGURED', message, { hint })
}
