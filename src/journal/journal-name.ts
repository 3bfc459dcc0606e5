import { JournalError } from '../errors.ts'

/** @throws {JournalError} `INVALID_JOURNAL_NAME` if a name could leave the store's folder or equal another one. */
export function checkJournalName(name: string): void {
  if (/^[a-z0-9.-]{1,100}$/.test(name)) return
  throw new JournalError('INVALID_JOURNAL_NAME', `'${name}' cannot name a journal`, {
    hint: 'Allowed: 1 to 100 of a-z 0-9 . -',
  })
}
