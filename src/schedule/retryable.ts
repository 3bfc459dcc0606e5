// The only table of which failures are retried, and how. Source: protocol reference, section 5.

import { CredentialsError, IntegrityError, NetworkError, OssError, OssupError } from '../errors.ts'

/**
 * - `again`: the same request, after a pause
 * - `throttled`: the same, after the pause that OSS asks for
 * - `credentials`: with fresh credentials, once
 * - `clock`: with a corrected clock, once
 * - `offline`: when the network is back
 * - `no`: never
 */
export type Remedy = 'again' | 'throttled' | 'credentials' | 'clock' | 'offline' | 'no'

// A Map, because an answer can contain any word as its code, even `constructor`.
const byCode: ReadonlyMap<string, Remedy> = new Map(
  Object.entries({
    BadRequest: 'again',
    IncompleteBody: 'again',
    RequestTimeout: 'again',
    InvalidDigest: 'again',
    InvalidCRC64: 'again',
    InternalError: 'again',
    ServiceUnavailable: 'throttled',
    DownloadTrafficRateLimitExceeded: 'throttled',
    UploadTrafficRateLimitExceeded: 'throttled',
    MetaOperationQpsLimitExceeded: 'throttled',
    TotalQpsLimitExceeded: 'throttled',
    ActiveRequestLimitExceeded: 'throttled',
    CpuLimitExceeded: 'throttled',
    RequestTimeTooSkewed: 'clock',
    SecurityTokenExpired: 'credentials',
    InvalidSecurityToken: 'credentials',
    AccessKeyIdAndSecurityTokenNotMatch: 'credentials',
    CONNECT_FAILED: 'offline',
    CONNECTION_LOST: 'again',
    STALLED: 'again',
    BAD_ANSWER: 'again',
    NOT_OSS: 'again',
    TLS_FAILED: 'no',
    PROXY_REFUSED: 'no',
    CHECKSUM_MISMATCH: 'again',
    CREDENTIALS_UNAVAILABLE: 'again',
  } satisfies Record<string, Remedy>),
)

const byStatus: Readonly<Record<number, Remedy>> = {
  401: 'again',
  408: 'again',
  429: 'throttled',
  500: 'again',
  502: 'again',
  503: 'throttled',
  504: 'again',
}

/** The remedy for this error. */
export function remedyFor(error: unknown): Remedy {
  if (error instanceof OssError) {
    const { code, status } = error
    return byCode.get(code) ?? byStatus[status] ?? (status >= 500 ? 'again' : 'no')
  }
  // While a connection is being made, a network that drops all packets looks like this.
  if (error instanceof NetworkError && error.code === 'STALLED' && error.sent === 'nothing') {
    return 'offline'
  }
  if (
    error instanceof NetworkError ||
    error instanceof IntegrityError ||
    error instanceof CredentialsError
  ) {
    return byCode.get(error.code) ?? 'no'
  }
  return 'no'
}

/** True if the same call may succeed later, because the failure is temporary. */
export function isPassing(error: unknown): boolean {
  const remedy = remedyFor(error)
  if (remedy === 'credentials') return false
  return remedy !== 'no' || (error instanceof OssupError && error.retryable)
}

/** True if OSS may have performed the request although it failed: there was no answer, or a server error. */
export function isInDoubt(error: unknown): boolean {
  if (error instanceof NetworkError) return error.sent === 'maybe'
  if (!(error instanceof OssError)) return false
  // An error document after a success status: OSS started its answer before it knew the result.
  return error.status >= 500 || error.status < 300 || error.code === 'BadErrorResponse'
}

/** Milliseconds that OSS asks to wait before the next attempt; 0 if it does not. */
export function askedDelayMs(error: unknown): number {
  return error instanceof OssError ? (error.retryAfterMs ?? 0) : 0
}
