// Errors become exit codes here and nowhere else.

import {
  CredentialsError,
  IntegrityError,
  isOssupError,
  JournalError,
  NetworkError,
  OptionError,
  OssError,
  refusesCredentials,
  SourceError,
  StateError,
  TargetError,
} from '../runtimes/node/index.ts'
import { Unwell } from './doctor/unwell.ts'
import { SomeFailed } from './some-failed.ts'
import { Stopped } from './stop.ts'
import { UsageError } from './usage-error.ts'

/** Every exit code and its meaning, as the help shows them. */
export const exitCodes = {
  0: 'done',
  1: 'a fault in ossup itself',
  2: 'usage, or an option, bucket or key that cannot be',
  3: 'credentials: missing, wrong or expired',
  4: 'source: missing, not readable, not a file, or changed',
  5: 'passing fault; the checkpoint is kept, run it again',
  6: 'integrity: what was stored is not what was sent',
  7: 'busy: another process is doing this upload',
  8: 'refused for good: permission, no such bucket or object, overwrite forbidden, no room',
  9: 'some of several uploads failed',
  10: 'the checkpoint cannot be kept',
  130: 'stopped by Ctrl-C (SIGINT); the checkpoint is kept',
  143: 'stopped by SIGTERM or SIGHUP; the checkpoint is kept',
} as const

export type ExitCode = keyof typeof exitCodes

/** Somebody else has the upload, or may have it. */
const busyCodes = new Set(['UPLOAD_BUSY', 'LOCK_LOST', 'ADOPT_TOO_YOUNG'])

/** The first row that applies gives the code. */
const rows: readonly (readonly [applies: (error: unknown) => boolean, code: ExitCode])[] = [
  [error => error instanceof Stopped && error.signal === 'SIGINT', 130],
  [error => error instanceof Stopped, 143],
  [error => error instanceof UsageError, 2],
  [error => error instanceof SomeFailed, 9],
  [error => error instanceof OptionError, 2],
  [error => error instanceof CredentialsError && error.retryable, 5],
  [error => error instanceof CredentialsError, 3],
  [refusesCredentials, 3],
  [error => error instanceof SourceError, 4],
  [error => error instanceof IntegrityError, 6],
  [error => isOssupError(error) && busyCodes.has(error.code), 7],
  [error => error instanceof JournalError, 10],
  [error => error instanceof NetworkError && error.retryable, 5],
  [error => error instanceof OssError && (error.retryable || error.status >= 500), 5],
  [error => error instanceof StateError && error.retryable, 5],
  // What is left has an answer that will not change by itself: running again does not help.
  [error => error instanceof NetworkError, 8],
  [error => error instanceof OssError, 8],
  [error => error instanceof StateError, 8],
  [error => error instanceof TargetError, 8],
]

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Unwell) return error.exitCode
  return rows.find(([applies]) => applies(error))?.[1] ?? 1
}
