// Which answers are refusals of OSS. Any proxy or web server can answer 403 or 404; that says nothing about a
// permission or an object. So the status counts only together with OSS's request id or one of its error codes.

import { OssError } from '../errors.ts'

/** True if OSS refused a request because of a permission or of the credentials. */
export function isForbidden(error: unknown): error is OssError {
  return isStatusOfOss(error, 403)
}

/** True if OSS says that the object does not exist. */
export function isMissing(error: unknown): error is OssError {
  return isStatusOfOss(error, 404) && error.code !== 'NoSuchBucket'
}

function isStatusOfOss(error: unknown, status: number): error is OssError {
  if (!(error instanceof OssError) || error.status !== status) return false
  return error.code !== 'BadErrorResponse' || error.requestId !== undefined
}
