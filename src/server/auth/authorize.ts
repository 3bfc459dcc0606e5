// Checks permissions. A key has lists of allowed and denied actions. Anonymous requests are checked by ACL. All keys
// belong to one account, which owns all buckets.

import { OssFault } from '../http/errors.ts'
import type { Unconfirmed } from '../rules/unconfirmed.ts'
import type { BucketRecord, ObjectRecord } from '../store/records.ts'
import { type KeyPair, mayUse } from './keys.ts'

const publicReads = ['oss:GetObject', 'oss:GetObjectVersion']
const publicWrites = [
  'oss:PutObject',
  'oss:DeleteObject',
  'oss:AbortMultipartUpload',
  'oss:ListParts',
]

/** Checks the lists of a key. @throws {OssFault} AccessDenied */
export function authorizeKey(key: KeyPair, action: string): void {
  if (mayUse(key, action)) return
  throw new OssFault('AccessDenied', { message: `The access key has no permission for ${action}.` })
}

/** Checks what the ACLs allow for everyone. @throws {OssFault} AccessDenied */
export function authorizeAnonymous(
  action: string,
  bucket: BucketRecord | undefined,
  object: ObjectRecord | undefined,
  { anonymousListing }: Unconfirmed,
): void {
  const isBucketAcl = object === undefined || object.acl === 'default'
  const acl = isBucketAcl ? (bucket?.acl ?? 'private') : object.acl
  // `authenticated-read` is not public: an anonymous client has no account.
  const isPublic = acl === 'public-read' || acl === 'public-read-write'
  const allowed = [
    ...(isPublic ? publicReads : []),
    ...(isPublic && anonymousListing === 'allowed' ? ['oss:ListObjects'] : []),
    ...(acl === 'public-read-write' ? publicWrites : []),
  ]
  if (allowed.includes(action)) return
  throw new OssFault('AccessDenied', { message: 'Anonymous access is denied.' })
}
