// Which failures of one file are failures of the whole batch: the next file would meet the same.

import { CredentialsError, JournalError, NetworkError, OssError, OssupError } from '../errors.ts'
import { refusesCredentials } from '../oss/refused-credentials.ts'
import { isPassing } from '../schedule/retryable.ts'
import { deniesAddress } from './lacks-permission.ts'

/** Of the account, the clock or the bucket, not of one object. */
const codesOfAll = new Set([
  'BucketDisable',
  'InvalidBucketName',
  'NonStandardHostForbidden',
  'NoSuchBucket',
  'PermanentRedirect',
  'PublicEndpointForbidden',
  'RequestTimeTooSkewed',
  'SecondLevelDomainForbidden',
  'TransferAccelerationDisabled',
  'UserDisable',
])

const journalCodes = new Set(['JOURNAL_UNWRITABLE', 'JOURNAL_FULL'])

/** The batch ends after this many refusals in a row for the same reason, with nothing stored in between. */
const refusalMax = 20

/** True if the error is not about one file. */
export function stopsAll(error: unknown): boolean {
  if (refusesCredentials(error) || deniesAddress(error)) return true
  if (error instanceof OssError) return codesOfAll.has(error.code)
  if (error instanceof NetworkError) {
    // It was waited for as long as the options allow, or is no matter of waiting.
    return error.code === 'CONNECT_FAILED' || error.code === 'TLS_FAILED'
  }
  if (error instanceof JournalError) return journalCodes.has(error.code)
  return error instanceof CredentialsError || !(error instanceof OssupError)
}

/** True if the same file may well succeed a little later. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (isPassing(error)) return true
  return error instanceof OssupError && passing.has(error.code)
}

/** Another process writes into the file, or uploads it. */
const passing = new Set(['SOURCE_CHANGED', 'UPLOAD_BUSY', 'LOCK_LOST'])

/** Counts refusals for want of permission: by then it is not the file that is refused. */
export class RefusalStreak {
  #code: string | undefined
  #count = 0

  /** True if that was one too many. */
  failed(error: unknown): boolean {
    if (!(error instanceof OssError) || error.status !== 403 || error.retryable) return false
    this.#count = error.code === this.#code ? this.#count + 1 : 1
    this.#code = error.code
    return this.#count >= refusalMax
  }

  stored(): void {
    this.#count = 0
  }
}
