// What may be called what (1.3).

import { utf8Size } from '../http/encoding.ts'
import { OssFault } from '../http/errors.ts'
import type { Unconfirmed } from './unconfirmed.ts'

const keySizeMax = 1023

export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
}

/** @throws {OssFault} InvalidObjectName */
export function checkKey(key: string, unconfirmed: Unconfirmed): void {
  const hasLeadingSlash = /^[/\\]/.test(key)
  const isRefused = hasLeadingSlash && unconfirmed.leadingSlashKeys === 'InvalidObjectName'
  const isUnicode = !/\p{Surrogate}/u.test(key)
  if (key === '' || !isUnicode || utf8Size(key) > keySizeMax || isRefused) {
    throw new OssFault('InvalidObjectName')
  }
}
