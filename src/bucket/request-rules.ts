// The rules for single fields of a request, and for how a request is sent.

import { bytesOf } from '../foreign/bytes.ts'
import { has } from '../foreign/web.ts'
import { listPageMax, partCountMax } from '../limits.ts'
import { foreignRequestFields } from '../options/foreign-names.ts'
import { requestHeaders } from '../options/object-rules.ts'
import { retryRules } from '../options/retry-options.ts'
import { validateKey, validateUploadId } from '../oss/names.ts'
import type { Body } from '../ports.ts'
import { type Checked, checkOptions } from '../validation/check-options.ts'
import { Misfit, type Rule, required } from '../validation/rule.ts'
import { abortSignal, aFunction, isWellFormed, unicode, wholeNumber } from '../validation/rules.ts'

export const key: Rule<string> = { allowed: 'the key of an object', read: validateKey }
export const uploadId: Rule<string> = {
  allowed: 'what initiateMultipartUpload answered',
  read: validateUploadId,
}
export const pageSize = wholeNumber(1, listPageMax)
export const partNumber = wholeNumber(1, partCountMax)

/** The body of a request. Bytes can be sent again. A body with the caller's own `read` cannot. */
export const body: Rule<Uint8Array | Body> = {
  allowed: 'a string (sent as UTF-8), bytes, or { size, read }',
  isHidden: true,
  read(value) {
    if (typeof value === 'string') {
      if (isWellFormed(value)) return new TextEncoder().encode(value)
      throw new Misfit({ what: 'has half of a surrogate pair' })
    }
    const bytes = bytesOf(value)
    if (bytes !== undefined) return bytes
    if (!has(value, { size: 'number', read: 'function' })) throw new Misfit()
    const given = value as Body
    if (Number.isSafeInteger(given.size) && given.size >= 0) return given
    throw new Misfit({ at: '.size', value: { given: given.size }, allowed: 'bytes from 0' })
  },
}

export const range: Rule<{ readonly position: number; readonly size?: number }> = {
  allowed: '{ position, size? }',
  read(value) {
    const rules = {
      position: required(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
      size: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    }
    return checkOptions(rules, value, { name: 'range', parent: 'range' })
  },
}

export const part: Rule<{ readonly partNumber: number; readonly etag: string }> = {
  allowed: '{ partNumber, etag }',
  read(value) {
    if (!has(value, { partNumber: 'number', etag: 'string' })) throw new Misfit()
    // Other properties of a listed part are not sent.
    const { partNumber: number, etag } = value as { partNumber: number; etag: string }
    return { partNumber: partNumber.read(number), etag: unicode.read(etag) }
  },
}

export const headers = requestHeaders

const callRules = {
  signal: abortSignal,
  idleTimeoutMs: wholeNumber(1, 3_600_000),
  onBytesSent: aFunction<(bytes: number) => void>(),
  attempts: retryRules.attempts,
  attempt: wholeNumber(1, Number.MAX_SAFE_INTEGER),
}

/** Checks the last argument of an operation: the options for sending. */
export function checkCall(operation: string, call: unknown = {}): Checked<typeof callRules> {
  const subject = { name: 'options', owner: operation, foreign: foreignRequestFields }
  return checkOptions(callRules, call, subject)
}
