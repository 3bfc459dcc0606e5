// A spool file has one owner at a time: who writes it anew, or uploads it, from the first byte to the end.
// The checkpoint's lock is not enough: it is taken after the stream is written, and may lie in another folder.

import { type JournalOwner, otherOwner } from '../../../journal/ownership.ts'
import type { Clock } from '../../../ports.ts'
import { busyPauseMs } from '../../../upload/start/wait-for-owner.ts'
import { journalLockErrors } from '../journal/journal-fault.ts'
import { nodeClock } from '../platform/clock.ts'
import { acquireLock, type FileLock } from '../platform/file-lock.ts'

/** What becomes of another owner. */
export interface SpoolPatience {
  readonly waits: boolean
  readonly signal?: AbortSignal | undefined
  /** Told once that another owner is waited for. */
  readonly onBusy?: (owner: JournalOwner) => void
}

/**
 * Takes the lock; if another owner has it and the caller would wait, as soon as that one is done.
 * @throws {UploadBusyError} while another owner lives and is not waited for
 */
export async function lockSpool(
  directory: string,
  name: string,
  { waits, signal, onBusy }: SpoolPatience,
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
