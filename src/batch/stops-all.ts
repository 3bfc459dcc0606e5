// Decides which errors of one file stop the whole batch, because the next file would fail in the same way.

import { CredentialsError, JournalError, NetworkError, OssError, OssupError } from '../errors.ts'
import { isForbidden } from '../oss/refusal.ts'
import { refusesCredentials } from '../oss/refused-credentials.ts'
import { isPassing } from '../schedule/retryable.ts'
import { deniesAddress } from './lacks-permission.ts'

/** Codes that concern the account, the clock or the bucket, not one object. */
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

/** The batch ends after this many refusals in a row for the same reason, if no object was stored in between. */
const refusalMax = 20

/** Returns true if the error concerns all files, not one. */
export function stopsAll(error: unknown): boolean {
  if (refusesCredentials(error) || deniesAddress(error)) return true
  if (error instanceof OssError) return codesOfAll.has(error.code)
  if (error instanceof NetworkError) {
    // The upload has already waited as long as the options allow, or waiting does not help.
    return error.code === 'CONNECT_FAILED' || error.code === 'TLS_FAILED'
  }
  if (error instanceof JournalError) return journalCodes.has(error.code)
  return error instanceof CredentialsError || !(error instanceof OssupError)
}

/** Returns true if the same file may succeed a little later. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (isPassing(error)) return true
  return error instanceof OssupError && passing.has(error.code)
}

/** Codes for a file that another process writes into or uploads. */
const passing = new Set(['SOURCE_CHANGED', 'UPLOAD_BUSY', 'LOCK_LOST'])

/** Counts refusals for a missing permission. After many refusals in a row, the cause is not the single file. */
export class RefusalStreak {
  #code: string | undefined
  #count = 0

  /** Counts an error. Returns true if the batch should end. */
  failed(error: unknown): boolean {
    if (!isForbidden(error) || error.retryable) return false
    this.#count = error.code === this.#code ? this.#count + 1 : 1
    this.#code = error.code
    return this.#count >= refusalMax
  }

  stored(): void {
    this.#count = 0
  }
}
