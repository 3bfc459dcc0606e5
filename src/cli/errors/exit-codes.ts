// Maps errors to exit codes. No other place does.

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
} from '../../runtimes/node/index.ts'
import { UsageError } from '../args/usage-error.ts'
import type { ExitCode } from './exit-code-table.ts'
import { SomeFailed } from './some-failed.ts'
import { Stopped } from './stop.ts'
import { Unwell } from './unwell.ts'

/** Another process runs the upload, or may run it. */
const busyCodes = new Set(['UPLOAD_BUSY', 'LOCK_LOST', 'ADOPT_TOO_YOUNG'])

/** The first row that applies decides the code. */
const rows: readonly (readonly [applies: (error: unknown) => boolean, code: ExitCode])[] = [
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
  // The errors below do not go away by themselves, so running the command again does not help.
  [error => error instanceof NetworkError, 8],
  [error => error instanceof OssError, 8],
  [error => error instanceof StateError, 8],
  [error => error instanceof TargetError, 8],
]

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Unwell || error instanceof Stopped) return error.exitCode
  return rows.find(([applies]) => applies(error))?.[1] ?? 1
}
