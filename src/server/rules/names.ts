// The rules for names of buckets and objects (1.3).

import { utf8Size } from '../http/encoding.ts'
import { OssFault } from '../http/errors.ts'
import type { Unconfirmed } from './unconfirmed.ts'

const keySizeMax = 1023

export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
}

/**
 * Checks the key of an object.
 * @throws {OssFault} InvalidObjectName
 */
export function checkKey(key: string): void {
  const isUnicode = !/\p{Surrogate}/u.test(key)
  if (key === '' || !isUnicode || utf8Size(key) > keySizeMax) {
    throw new OssFault('InvalidObjectName')
  }
}

/** Checks the key of an object that the request creates. @throws {OssFault} InvalidObjectName */
export function checkNewKey(key: string, { leadingSlashKeys }: Unconfirmed): void {
  if (leadingSlashKeys === 'InvalidObjectName' && /^[/\\]/.test(key)) {
    throw new OssFault('InvalidObjectName', {
      message: 'The key of an object must not start with / or \\.',
    })
  }
}
