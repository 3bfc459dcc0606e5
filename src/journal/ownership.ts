// The errors of a store if a journal has, or had, another owner. Contract, rule 5.

import { isOssupError, JournalError } from '../errors.ts'

/** The owner that has a journal open. Fields that are not known are absent. */
export interface JournalOwner {
  readonly host?: string
  readonly pid?: number
  /** When the owner took the lock, in epoch milliseconds of the owner's clock. */
  readonly since?: number
}

/** `UPLOAD_BUSY`: another live owner runs the same upload. */
export class UploadBusyError extends JournalError {
  static override readonly kind: string = 'UploadBusyError'
  readonly owner: JournalOwner

  constructor(owner: JournalOwner) {
    super('UPLOAD_BUSY', `This upload is already being done by ${describeOwner(owner)}`, {
      hint: nameOf => `Let it finish, stop it, or wait for it with ${nameOf('wait')}`,
      resumable: true,
    })
    this.owner = owner
  }
}

/** The other owner of the upload, if a store's error names one. */
export function otherOwner(error: unknown): JournalOwner | undefined {
  if (!isOssupError(error) || error.code !== 'UPLOAD_BUSY') return undefined
  return error instanceof UploadBusyError ? error.owner : {}
}

/** `LOCK_LOST`: another process resumed the upload while this one was suspended. */
export function lockLost(): JournalError {
  return new JournalError(
    'LOCK_LOST',
    'Another process took this upload over while this one stood still',
    { hint: 'It continues there; nothing is lost by stopping here', resumable: true },
  )
}

/** `JOURNAL_CLOSED`: a bug in the calling program. */
export function journalClosed(): JournalError {
  return new JournalError('JOURNAL_CLOSED', 'The journal was used after it was closed')
}

function describeOwner({ host, pid, since }: JournalOwner): string {
  const who = pid === undefined ? 'another owner' : `process ${pid}`
  const where = host === undefined ? '' : ` on ${host}`
  const when = since === undefined ? '' : ` since ${new Date(since).toISOString()}`
  return who + where + when
}
