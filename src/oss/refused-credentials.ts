// The codes with which OSS refuses credentials. No other place lists them.

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
 * True if OSS refuses the credentials: an unknown key, a wrong secret, a token that has expired or belongs to
 * another key. Then other credentials are needed. A missing permission is not meant.
 */
export function refusesCredentials(error: unknown): error is OssError {
  return error instanceof OssError && codes.has(error.code)
}
