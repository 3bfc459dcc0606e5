// If-Match and the other conditions, on reads and, with a prefix, on the source of copies (3.3, 3.6).

import { headerTime } from '../http/documents.ts'
import { OssFault } from '../http/errors.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'
import type { ObjectRecord } from '../store/records.ts'

/**
 * Checks the conditions of a request.
 * @param prefix empty, or `x-oss-copy-source-`
 * @throws {OssFault} PreconditionFailed, or a fault of status 304
 */
export function checkConditions(
  headers: Readonly<Record<string, string>>,
  prefix: '' | 'x-oss-copy-source-',
  object: ObjectRecord,
  unconfirmed: Unconfirmed,
): void {
  // Ignores a condition without a value, because ali-oss's test suite sends one.
  const match = headers[`${prefix}if-match`] || undefined
  const noneMatch = headers[`${prefix}if-none-match`] || undefined
  const modified = time(headers[`${prefix}if-modified-since`])
  const unmodified = time(headers[`${prefix}if-unmodified-since`])
  // Times in headers are whole seconds.
  const modifiedAt = Math.floor(object.modifiedAt / 1000) * 1000

  if (match !== undefined && !isListed(match, object.etag)) throw failed('If-Match')
  if (unmodified !== undefined && modifiedAt > unmodified) throw failed('If-Unmodified-Since')
  const isKnown = noneMatch !== undefined && isListed(noneMatch, object.etag)
  const isUnmodified = modified !== undefined && modifiedAt <= modified
  if (!isKnown && !(isUnmodified && noneMatch === undefined)) return
  throw new OssFault('PreconditionFailed', {
    status: 304,
    headers:
      unconfirmed.notModifiedHeaders === 'present'
        ? { etag: `"${object.etag}"`, 'last-modified': headerTime(object.modifiedAt) }
        : {},
  })
}

/** Names the condition without its prefix, even for the source of a copy. */
function failed(condition: string): OssFault {
  return new OssFault('PreconditionFailed', { extra: { Condition: condition } })
}

function isListed(list: string, etag: string): boolean {
  return list
    .split(',')
    .map(item => item.trim().replaceAll('"', ''))
    .some(item => item === '*' || item.toUpperCase() === etag.toUpperCase())
}

function time(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}
