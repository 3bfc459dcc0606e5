// OSS answers AccessDenied for several reasons. Only some of them are about a permission.

import { OssError } from '../errors.ts'

/** The bucket is paid for by its readers: every request would need a header. */
const requesterPays = '0003-00000703'

/** True if OSS refuses because the bucket is addressed in a wrong way: all requests will end alike. */
export function deniesAddress(error: unknown): boolean {
  if (!(error instanceof OssError) || error.code !== 'AccessDenied') return false
  return error.extra.Endpoint !== undefined || error.ec === requesterPays
}

/** True if OSS refuses because the credentials lack a permission. */
export function lacksPermission(error: unknown): boolean {
  if (!(error instanceof OssError) || error.status !== 403 || error.code !== 'AccessDenied') {
    return false
  }
  return !deniesAddress(error)
}
