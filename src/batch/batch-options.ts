// The options of a batch, and the outcomes of its files.

import type { OssupError } from '../errors.ts'
import { type UploadOptions, type UploadResult, uploadRules } from '../options/upload-options.ts'
import type { UploadEvent } from '../progress/upload-event.ts'
import type { RulesOf } from '../validation/check-options.ts'
import { aFunction, trueOrFalse } from '../validation/rules.ts'
import type { BatchSnapshot } from './batch-snapshot.ts'
import type { SkipReason } from './found.ts'

/** Options of a single upload that have no meaning for many files. */
type OfOne = 'onProgress' | 'onEvent' | 'expectedSize' | 'sizeHint'

/**
 * Options of an upload of many files. The options of an upload apply to each file, but `concurrency` and `bandwidth`
 * apply to all files together.
 */
export interface BatchOptions extends Omit<UploadOptions, OfOne> {
  /**
   * Skips a file if its object has the same size and CRC-64. `false` sends every file, for instance to give the
   * objects other metadata.
   * @default true
   */
  skipUnchanged?: boolean
  /** Sends nothing and reports what would be sent. Looks at objects and reads local files. @default false */
  dryRun?: boolean
  /** Called once for each file, with its outcome. */
  onFile?: (outcome: FileOutcome) => void
  /** Called with the progress: at most every 100 ms, once at the end, never after the promise has settled. */
  onProgress?: (snapshot: BatchSnapshot) => void
  /** Called for single events of a file's upload, or of the batch if there is no `path`. */
  onEvent?: (event: BatchEvent) => void
}

const { expectedSize: _size, sizeHint: _hint, ...rulesOfEach } = uploadRules

/** The rules for each option. */
export const batchRules = {
  ...rulesOfEach,
  skipUnchanged: trueOrFalse,
  dryRun: trueOrFalse,
  onFile: aFunction<(outcome: FileOutcome) => void>(),
  onProgress: aFunction<(snapshot: BatchSnapshot) => void>(),
  onEvent: aFunction<(event: BatchEvent) => void>(),
} satisfies RulesOf<BatchOptions>

/** An event during an upload of many files. Later versions may add types: ignore types that you do not know. */
export type BatchEvent = UploadEvent & { path?: string; key?: string }

/** Why a file must be sent. `unknown`: the credentials may not look at the object. */
export type SendReason = 'new' | 'size' | 'content' | 'unfinished' | 'asked' | 'unknown'

/** The outcome of one file. */
export type FileOutcome = { readonly path: string; readonly key: string } & (
  | {
      readonly outcome: 'uploaded'
      readonly size: number
      readonly why: SendReason
      readonly result: UploadResult
    }
  /** With `dryRun`: the file would be uploaded. */
  | { readonly outcome: 'planned'; readonly size: number; readonly why: SendReason }
  /** The file was not sent, because the object has the same size and CRC-64. */
  | { readonly outcome: 'unchanged'; readonly size: number }
  /** The file was not sent, because it is not a regular file. */
  | { readonly outcome: 'skipped'; readonly reason: SkipReason }
  | { readonly outcome: 'failed'; readonly error: OssupError }
)

/** How many files had each outcome. */
export interface BatchResult {
  readonly uploaded: number
  /** Files that were not sent, because the object has the same size and CRC-64. */
  readonly unchanged: number
  /** Entries that are not regular files, such as links and devices. */
  readonly skipped: number
  readonly failed: number
  /** With `dryRun`: files that would be uploaded. */
  readonly planned: number
  /** Bytes of the files that were uploaded. */
  readonly uploadedBytes: number
  readonly unchangedBytes: number
  readonly plannedBytes: number
  /** Body bytes that this run sent, including repeated ones. */
  readonly sentBytes: number
}
