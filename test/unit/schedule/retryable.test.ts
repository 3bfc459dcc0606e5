import { describe, expect, test } from 'vitest'
import {
  CredentialsError,
  IntegrityError,
  JournalError,
  NetworkError,
  OptionError,
  OssError,
  SourceError,
  StateError,
} from '../../../src/errors.ts'
import {
  askedDelayMs,
  isInDoubt,
  isPassing,
  type Remedy,
  remedyFor,
} from '../../../src/schedule/retryable.ts'

const oss = (status: number, code: string) => new OssError(code, code, { status })
const net = (
  code: ConstructorParameters<typeof NetworkError>[0],
  sent: 'nothing' | 'maybe' = 'maybe',
) => new NetworkError(code, code, { sent })

describe('the retry table', () => {
  const cases: [error: Error, remedy: Remedy, doubt: boolean][] = [
    [oss(400, 'BadRequest'), 'again', false],
    [oss(400, 'IncompleteBody'), 'again', false],
    [oss(400, 'RequestTimeout'), 'again', false],
    [oss(400, 'InvalidDigest'), 'again', false],
    [oss(400, 'InvalidCRC64'), 'again', false],
    [oss(400, 'InvalidArgument'), 'no', false],
    [oss(400, 'InvalidPart'), 'no', false],
    [oss(400, 'InvalidPartOrder'), 'no', false],
    [oss(400, 'EntityTooSmall'), 'no', false],
    [oss(400, 'PublicEndpointForbidden'), 'no', false],
    [oss(401, 'BadErrorResponse'), 'again', true],
    [oss(403, 'AccessDenied'), 'no', false],
    [oss(403, 'SignatureDoesNotMatch'), 'no', false],
    [oss(403, 'InvalidAccessKeyId'), 'no', false],
    [oss(403, 'RequestTimeTooSkewed'), 'clock', false],
    [oss(403, 'SecurityTokenExpired'), 'credentials', false],
    [oss(403, 'InvalidSecurityToken'), 'credentials', false],
    [oss(403, 'AccessKeyIdAndSecurityTokenNotMatch'), 'credentials', false],
    [oss(403, 'SecurityTokenNotSupported'), 'no', false],
    [oss(404, 'NoSuchBucket'), 'no', false],
    [oss(404, 'NoSuchUpload'), 'no', false],
    [oss(408, 'BadErrorResponse'), 'again', true],
    [oss(409, 'FileAlreadyExists'), 'no', false],
    [oss(409, 'FileImmutable'), 'no', false],
    [oss(411, 'MissingContentLength'), 'no', false],
    [oss(429, 'BadErrorResponse'), 'throttled', true],
    [oss(500, 'InternalError'), 'again', true],
    [oss(500, 'SomethingNew'), 'again', true],
    [oss(502, 'BadErrorResponse'), 'again', true],
    [oss(503, 'ServiceUnavailable'), 'throttled', true],
    [oss(503, 'UploadTrafficRateLimitExceeded'), 'throttled', true],
    [oss(503, 'DownloadTrafficRateLimitExceeded'), 'throttled', true],
    [oss(503, 'MetaOperationQpsLimitExceeded'), 'throttled', true],
    [oss(503, 'TotalQpsLimitExceeded'), 'throttled', true],
    [oss(503, 'ActiveRequestLimitExceeded'), 'throttled', true],
    [oss(503, 'CpuLimitExceeded'), 'throttled', true],
    [oss(504, 'BadErrorResponse'), 'again', true],
    [oss(507, 'BadErrorResponse'), 'again', true],
    [oss(302, 'BadErrorResponse'), 'no', true],
    [net('CONNECT_FAILED', 'nothing'), 'offline', false],
    [net('CONNECTION_LOST'), 'again', true],
    [net('CONNECTION_LOST', 'nothing'), 'again', false],
    [net('STALLED'), 'again', true],
    [net('BAD_ANSWER'), 'again', true],
    [net('TLS_FAILED', 'nothing'), 'no', false],
    [new IntegrityError('CHECKSUM_MISMATCH', 'x'), 'again', false],
    [new IntegrityError('OBJECT_MISMATCH', 'x'), 'no', false],
    [new CredentialsError('CREDENTIALS_UNAVAILABLE', 'x'), 'again', false],
    [new CredentialsError('MISSING_CREDENTIALS', 'x'), 'no', false],
    [new SourceError('SOURCE_CHANGED', 'x'), 'no', false],
    [new JournalError('JOURNAL_FULL', 'x'), 'no', false],
    [new StateError('COMPLETE_UNKNOWN', 'x'), 'no', false],
    [new OptionError('INVALID_KEY', 'x'), 'no', false],
    [new Error('InternalError'), 'no', false],
  ]

  test.each(cases)('%s: %s, in doubt: %s', (error, remedy, doubt) => {
    expect(remedyFor(error)).toBe(remedy)
    expect(isInDoubt(error)).toBe(doubt)
  })

  test.each(['toString', '__proto__', 'constructor'])('a code named %s is no entry of it', code => {
    expect(remedyFor(oss(400, code))).toBe('no')
  })

  test.each([
    [oss(503, 'ServiceUnavailable'), true],
    [net('CONNECT_FAILED', 'nothing'), true],
    [oss(403, 'SecurityTokenExpired'), false],
    [oss(403, 'AccessDenied'), false],
    [new JournalError('LOCK_LOST', 'x', { retryable: true }), true],
  ])('%s passes by itself: %s', (error, passing) => {
    expect(isPassing(error)).toBe(passing)
  })
})

test('the delay that OSS asks for', () => {
  expect(askedDelayMs(new OssError('X', 'x', { status: 503, retryAfterMs: 700 }))).toBe(700)
  expect(askedDelayMs(oss(503, 'X'))).toBe(0)
  expect(askedDelayMs(net('STALLED'))).toBe(0)
})
