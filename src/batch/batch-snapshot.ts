// What a caller sees of a batch at one moment.

import type { ProgressSnapshot } from '../progress/snapshot.ts'
import type { BatchResult } from './batch-options.ts'

/** A file that is being uploaded. */
export interface ActiveFile {
  readonly path: string
  readonly key: string
  /** Bytes of the file. */
  readonly size: number
  /** `undefined` until its upload has begun. */
  readonly snapshot: ProgressSnapshot | undefined
}

/** How far an upload of many files is, at one moment. */
export interface BatchSnapshot extends BatchResult {
  /** `again`: files that failed for a passing reason are tried once more. */
  readonly phase: 'sending' | 'again' | 'done'
  /** Files found so far, those that are unchanged included; all of them once `isWalked`. */
  readonly filesFound: number
  readonly bytesFound: number
  readonly isWalked: boolean
  /** Files that failed for a passing reason, and are to be tried again at the end. */
  readonly postponed: number
  /** Bytes of files that are uploaded, and what OSS has confirmed of those under way. */
  readonly confirmedBytes: number
  /**
   * How much of the bytes found is uploaded or unchanged: 0 to 100, rounded down to one decimal.
   * `undefined` until all files are found.
   */
  readonly percent: number | undefined
  /** Bytes a second over the last seconds; `undefined` until known. */
  readonly bytesPerSecond: number | undefined
  readonly retries: number
  /** Since when no request has reached OSS, epoch milliseconds; `undefined` when online. */
  readonly offlineSince: number | undefined
  /** Files under way, those begun first come first; put together when called. */
  active(): readonly ActiveFile[]
}
