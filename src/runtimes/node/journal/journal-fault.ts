// Turns errors of file operations into errors of a journal.

import { type HintWriter, isOssupError, JournalError } from '../../../errors.ts'
import { codeOf, isError } from '../../../foreign/error.ts'
import { lockLost, UploadBusyError } from '../../../journal/ownership.ts'
import { descriptorsHint, isOutOfDescriptors } from '../platform/descriptors.ts'
import type { LockErrors } from '../platform/file-lock.ts'
import { isUntrusted, type UntrustedFile } from '../platform/trusted-file.ts'

const full = new Set(['ENOSPC', 'EDQUOT'])

/**
 * The error to report for a failed file operation: `JOURNAL_FULL`, otherwise `JOURNAL_UNREADABLE` or
 * `JOURNAL_UNWRITABLE`, depending on the operation.
 */
export function journalFault(error: unknown, tried: 'read' | 'write', path: string): unknown {
  if (isOssupError(error) || !isError(error)) return error
  const code = codeOf(error) ?? error.message
  if (full.has(code)) return journalFull(path, error)
  if (isUntrusted(error)) return journalUntrusted(error)
  return new JournalError(
    tried === 'read' ? 'JOURNAL_UNREADABLE' : 'JOURNAL_UNWRITABLE',
    `The checkpoint ${path} cannot be ${tried === 'read' ? 'read' : 'written'} (${code})`,
    { hint: isOutOfDescriptors(error) ? descriptorsHint : elsewhere, cause: error },
  )
}

/** `JOURNAL_UNTRUSTED`: another user may have written the checkpoint. */
function journalUntrusted(cause: UntrustedFile): JournalError {
  return new JournalError('JOURNAL_UNTRUSTED', `${cause.path} ${cause.why}: it is not used`, {
    hint: untrustedHint(cause),
    cause,
  })
}

/** The hint for a file that another user may have written. */
export function untrustedHint({ isOfOthers }: UntrustedFile): string | HintWriter {
  if (!isOfOthers) return 'Remove it, or choose another folder'
  return nameOf =>
    `Take it over with chown and chmod go-w, or remove it. ${nameOf('trustCheckpointDir')} trusts all who can write there`
}

/** `JOURNAL_FULL`: the disk has no room for another record. */
export function journalFull(path: string, cause?: unknown): JournalError {
  return new JournalError('JOURNAL_FULL', `There is no room for the checkpoint ${path}`, {
    hint: nameOf => `Make room and run it again, or else: ${elsewhere(nameOf)}`,
    resumable: true,
    cause,
  })
}

/** `JOURNAL_GONE`: another program removed the checkpoint during the upload, and it cannot be written again. */
export function journalGone(path: string, cause: unknown): unknown {
  if (isOssupError(cause) || !isError(cause)) return cause
  const code = codeOf(cause) ?? cause.message
  return new JournalError(
    'JOURNAL_GONE',
    `The checkpoint ${path} was removed while its upload ran, and cannot be made again (${code})`,
    {
      hint: nameOf =>
        `OSS keeps what was sent: give another folder with ${nameOf('checkpointDir')}, and ${nameOf('adopt')} to continue`,
      cause,
    },
  )
}

const elsewhere: HintWriter = nameOf => {
  const none = nameOf('checkpoint') === undefined ? '' : '; `checkpoint: false` keeps none'
  return `Choose another folder with ${nameOf('checkpointDir')}${none}`
}

/** The errors of the lock of a journal or a spool file. */
export const journalLockErrors: LockErrors = {
  busy: owner => new UploadBusyError(owner),
  lost: lockLost,
  gone: journalGone,
}
