// The state of a batch at one moment, as callers see it.

import type { ProgressSnapshot } from '../progress/snapshot.ts'
import type { BatchResult } from './batch-options.ts'

/** A file that is being uploaded. */
export interface ActiveFile {
  readonly path: string
  readonly key: string
  /** Size of the file in bytes. */
  readonly size: number
  /** The progress of the file's upload; `undefined` until the upload has started. */
  readonly snapshot: ProgressSnapshot | undefined
}

/** The progress of an upload of many files, at one moment. */
export interface BatchSnapshot extends BatchResult {
  /** The current phase. `again`: files that failed for a temporary reason are tried once more. */
  readonly phase: 'sending' | 'again' | 'done'
  /** Files found so far, including unchanged ones. All files once `isWalked` is true. */
  readonly filesFound: number
  readonly bytesFound: number
  readonly isWalked: boolean
  /** Files that failed for a temporary reason and will be tried again at the end. */
  readonly postponed: number
  /** Bytes of uploaded files, and confirmed bytes of files that are being uploaded. */
  readonly confirmedBytes: number
  /**
   * Share of the found bytes that is uploaded or unchanged: 0 to 100, rounded down to one decimal. `undefined` until
   * all files are found.
   */
  readonly percent: number | undefined
  /** Bytes per second, averaged over the last seconds. `undefined` until known. */
  readonly bytesPerSecond: number | undefined
  readonly retries: number
  /** The time since when no request has reached OSS, epoch milliseconds. `undefined` when online. */
  readonly offlineSince: number | undefined
  /** Files that are being uploaded, in the order in which they started. Each call builds a new list. */
  active(): readonly ActiveFile[]
}
