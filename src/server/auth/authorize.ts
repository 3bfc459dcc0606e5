// May this caller do that? Keys by their lists of actions, strangers by ACL. All keys belong to one account,
// which owns all buckets.

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

/** What a key's lists say. @throws {OssFault} AccessDenied */
export function authorizeKey(key: KeyPair, action: string): void {
  if (mayUse(key, action)) return
  throw new OssFault('AccessDenied', { message: `The access key has no permission for ${action}.` })
}

/** What the ACLs allow everybody. @throws {OssFault} AccessDenied */
export function authorizeAnonymous(
  action: string,
  bucket: BucketRecord | undefined,
  object: ObjectRecord | undefined,
  { anonymousListing }: Unconfirmed,
): void {
  const isBucketAcl = object === undefined || object.acl === 'default'
  const acl = isBucketAcl ? (bucket?.acl ?? 'private') : object.acl
  // `authenticated-read` is for accounts: strangers have none.
  const isPublic = acl === 'public-read' || acl === 'public-read-write'
  const allowed = [
    ...(isPublic ? publicReads : []),
    ...(isPublic && anonymousListing === 'allowed' ? ['oss:ListObjects'] : []),
    ...(acl === 'public-read-write' ? publicWrites : []),
  ]
  if (allowed.includes(action)) return
  throw new OssFault('AccessDenied', { message: 'Anonymous access is denied.' })
}
