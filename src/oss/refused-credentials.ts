// What OSS answers when it is the credentials that are at fault. The only place that lists these codes.

import { OssError } from '../errors.ts'

const codes: ReadonlySet<string> = new Set([
  'AccessKeyIdAndSecurityTokenNotMatch',
  'InvalidAccessKeyId',
  'InvalidSecurityToken',
  'SecurityTokenExpired',
  'SecurityTokenNotSupported',
  'SignatureDoesNotMatch',
])

/**
 * True if OSS refuses the credentials themselves: a key that is unknown, a secret that does not fit, a
 * token that is foreign or has ended. Other credentials are needed; permissions are another matter.
 */
export function refusesCredentials(error: unknown): error is OssError {
  return error instanceof OssError && codes.has(error.code)
}
