// What a failed file operation means for a journal.

import { JournalError, OssupError } from '../../errors.ts'

const full = new Set(['ENOSPC', 'EDQUOT'])

/**
 * The error to report for what a file operation threw: `JOURNAL_FULL`, else `JOURNAL_UNREADABLE` or
 * `JOURNAL_UNWRITABLE` by what was tried.
 */
export function journalFault(error: unknown, tried: 'read' | 'write', path: string): unknown {
  if (error instanceof OssupError || !(error instanceof Error)) return error
  const code = (error as NodeJS.ErrnoException).code ?? error.message
  if (full.has(code)) return journalFull(path, error)
  return new JournalError(
    tried === 'read' ? 'JOURNAL_UNREADABLE' : 'JOURNAL_UNWRITABLE',
    `The checkpoint ${path} cannot be ${tried === 'read' ? 'read' : 'written'} (${code})`,
    { hint: elsewhere, cause: error },
  )
}

/** `JOURNAL_FULL`: no room for another record. */
export function journalFull(path: string, cause?: unknown): JournalError {
  return new JournalError('JOURNAL_FULL', `There is no room for the checkpoint ${path}`, {
    hint: `Make room and run it again, or else: ${elsewhere}`,
    resumable: true,
    cause,
  })
}

const elsewhere =
  'Choose another folder with `checkpointDir` (--checkpoint-dir), or keep none with `checkpoint: false`'

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}
