// OSS answers AccessDenied for several reasons. Only some of them concern a permission.

import { OssError } from '../errors.ts'
import { isForbidden } from '../oss/refusal.ts'

/** EC of a requester-pays bucket: every request would need a header. */
const requesterPays = '0003-00000703'

/** Returns true if OSS refuses because the bucket's address is wrong. All requests would then fail in the same way. */
export function deniesAddress(error: unknown): boolean {
  if (!(error instanceof OssError) || error.code !== 'AccessDenied') return false
  return error.extra.Endpoint !== undefined || error.ec === requesterPays
}

/** Returns true if OSS refuses because the credentials lack a permission. */
export function lacksPermission(error: unknown): boolean {
  return isForbidden(error) && error.code === 'AccessDenied' && !deniesAddress(error)
}
