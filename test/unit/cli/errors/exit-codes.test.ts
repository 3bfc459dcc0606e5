import { expect, test } from 'vitest'
import { UsageError } from '../../../../src/cli/args/usage-error.ts'
import type { ExitCode } from '../../../../src/cli/errors/exit-code-table.ts'
import { exitCodeOf } from '../../../../src/cli/errors/exit-codes.ts'
import { SomeFailed } from '../../../../src/cli/errors/some-failed.ts'
import { Stopped } from '../../../../src/cli/errors/stop.ts'
import * as errors from '../../../../src/errors.ts'

const oss = (code: string, status: number, retryable = false) =>
  new errors.OssError(code, code, { status, retryable })
const network = (code: 'CONNECT_FAILED' | 'STALLED' | 'TLS_FAILED') =>
  new errors.NetworkError(code, 'm', { sent: 'nothing' })

const table: [error: unknown, code: ExitCode][] = [
  [new UsageError('m', 'h'), 2],
  [new errors.OptionError('INVALID_PART_SIZE', 'm'), 2],
  [new errors.CredentialsError('MISSING_CREDENTIALS', 'm'), 3],
  [new errors.CredentialsError('CREDENTIALS_REFUSED', 'm'), 3],
  [new errors.CredentialsError('CREDENTIALS_UNAVAILABLE', 'm', { retryable: true }), 5],
  [oss('InvalidAccessKeyId', 403), 3],
  [oss('SignatureDoesNotMatch', 403), 3],
  [oss('SecurityTokenExpired', 403), 3],
  [oss('InvalidSecurityToken', 403), 3],
  [new errors.SourceError('SOURCE_MISSING', 'm'), 4],
  [new errors.SourceError('SOURCE_CHANGED', 'm'), 4],
  [network('CONNECT_FAILED'), 5],
  [network('STALLED'), 5],
  [oss('InternalError', 500), 5],
  [oss('ServiceUnavailable', 503, true), 5],
  [oss('RequestTimeout', 400, true), 5],
  [new errors.IntegrityError('CHECKSUM_MISMATCH', 'm', { retryable: true }), 6],
  [new errors.JournalError('UPLOAD_BUSY', 'm'), 7],
  [oss('AccessDenied', 403), 8],
  [oss('NoSuchBucket', 404), 8],
  [oss('NoSuchKey', 404), 8],
  [oss('FileAlreadyExists', 409), 8],
  [network('TLS_FAILED'), 8],
  [new errors.StateError('OVERWRITTEN_ELSEWHERE', 'm'), 8],
  [new errors.StateError('COMPLETE_UNKNOWN', 'm'), 8],
  [new errors.TargetError('OUTPUT_UNWRITABLE', 'm'), 8],
  [new errors.JournalError('JOURNAL_UNWRITABLE', 'm'), 10],
  [new errors.JournalError('JOURNAL_TOO_NEW', 'm'), 10],
  [new SomeFailed('m', {}), 9],
  [new Stopped('SIGINT'), 130],
  [new Stopped('SIGTERM'), 143],
  [new Stopped('SIGHUP'), 143],
  [new TypeError('a bug'), 1],
  ['not even an error', 1],
]

test.each(table)('%o exits with %d', (error, code) => {
  expect(exitCodeOf(error)).toBe(code)
})
