// The lock of a spool file. One owner has it while it writes and uploads the file. The checkpoint's lock is not
// enough: it is taken after the stream is written, and the checkpoint may be in another folder.

import { type JournalOwner, otherOwner } from '../../../journal/ownership.ts'
import type { Clock } from '../../../ports.ts'
import { busyPauseMs } from '../../../upload/start/wait-for-owner.ts'
import { journalLockErrors } from '../journal/journal-fault.ts'
import { nodeClock } from '../platform/clock.ts'
import { acquireLock, type FileLock } from '../platform/file-lock.ts'

/** What to do if another owner has the spool file. */
export interface SpoolWaiting {
  readonly waits: boolean
  readonly signal?: AbortSignal | undefined
  /** Called once when the upload waits for another owner. */
  readonly onBusy?: (owner: JournalOwner) => void
}

/**
 * Takes the lock. If another owner has it and the caller wants to wait, it is taken when that owner releases
 * it.
 * @throws {UploadBusyError} while another owner is alive and the caller does not wait
 */
export async function lockSpool(
  directory: string,
  name: string,
  { waits, signal, onBusy }: SpoolWaiting,
  clock: Clock = nodeClock,
): Promise<FileLock> {
  for (let hasWaited = false; ; hasWaited = true) {
    try {
      return await acquireLock(directory, name, clock, journalLockErrors)
    } catch (error) {
      const owner = otherOwner(error)
      if (owner === undefined || !waits) throw error
      if (!hasWaited) onBusy?.(owner)
      await clock.sleep(busyPauseMs, signal)
    }
  }
}
