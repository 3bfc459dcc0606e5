// The options of a batch, and the outcomes of its files.

import type { OssupError } from '../errors.ts'
import { type UploadOptions, type UploadResult, uploadRules } from '../options/upload-options.ts'
import type { UploadEvent } from '../progress/upload-event.ts'
import type { RulesOf } from '../validation/check-options.ts'
import { aFunction, trueOrFalse } from '../validation/rules.ts'
import type { BatchSnapshot } from './batch-snapshot.ts'
import type { SkipReason } from './found.ts'

/** Of a single upload, and means nothing for many. */
type OfOne = 'onProgress' | 'onEvent' | 'expectedSize' | 'sizeHint'

/**
 * The options of an upload hold for each file, but `concurrency` and `bandwidth` for all files
 * together.
 */
export interface BatchOptions extends Omit<UploadOptions, OfOne> {
  /**
   * Leaves an object of the same size and CRC-64 alone. `false` sends every
   * file, for instance to give the objects other metadata.
   * @default true
   */
  skipUnchanged?: boolean
  /** Sends nothing and says what would be sent. Objects are looked at and local files read. @default false */
  dryRun?: boolean
  /** Called once for each file, with its outcome. */
  onFile?: (outcome: FileOutcome) => void
  /** Called with the progress: at most every 100 ms, once at the end, never after the promise has settled. */
  onProgress?: (snapshot: BatchSnapshot) => void
  /** Called for single events of a file's upload, or of the batch if there is no `path`. */
  onEvent?: (event: BatchEvent) => void
}

const { expectedSize: _size, sizeHint: _hint, ...rulesOfEach } = uploadRules

/** What each option may be. */
export const batchRules = {
  ...rulesOfEach,
  skipUnchanged: trueOrFalse,
  dryRun: trueOrFalse,
  onFile: aFunction<(outcome: FileOutcome) => void>(),
  onProgress: aFunction<(snapshot: BatchSnapshot) => void>(),
  onEvent: aFunction<(event: BatchEvent) => void>(),
} satisfies RulesOf<BatchOptions>

/** What happens while many files are uploaded, one by one. More kinds may come: ignore what you do not know. */
export type BatchEvent = UploadEvent & { path?: string; key?: string }

/** Why a file has to be sent; `unknown`: the credentials may not look at the object. */
export type SendReason = 'new' | 'size' | 'content' | 'unfinished' | 'asked' | 'unknown'

/** The outcome of one file. */
export type FileOutcome = { readonly path: string; readonly key: string } & (
  | {
      readonly outcome: 'uploaded'
      readonly size: number
      readonly why: SendReason
      readonly result: UploadResult
    }
  /** With `dryRun`: it would be uploaded. */
  | { readonly outcome: 'planned'; readonly size: number; readonly why: SendReason }
  /** Not sent: the object has the same size and CRC-64. */
  | { readonly outcome: 'unchanged'; readonly size: number }
  /** Not sent: it is no file. */
  | { readonly outcome: 'skipped'; readonly reason: SkipReason }
  | { readonly outcome: 'failed'; readonly error: OssupError }
)

/** How many files had each outcome. */
export interface BatchResult {
  readonly uploaded: number
  /** Left alone: the object has the same size and CRC-64. */
  readonly unchanged: number
  /** Not files, such as links and devices. */
  readonly skipped: number
  readonly failed: number
  /** With `dryRun`: files that would be uploaded. */
  readonly planned: number
  /** Bytes of the files that were uploaded. */
  readonly uploadedBytes: number
  readonly unchangedBytes: number
  readonly plannedBytes: number
  /** Body bytes that this run sent, repeats included. */
  readonly sentBytes: number
}
