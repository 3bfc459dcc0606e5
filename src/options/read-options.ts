// The options of what reads objects, download and verify: their meaning, defaults and limits.

import type { TransferProgress } from '../progress/transfer-meter.ts'
import type { ReadEvent } from '../progress/upload-event.ts'
import { type Checked, checkOptions, type RulesOf } from '../validation/check-options.ts'
import type { Rule } from '../validation/rule.ts'
import { abortSignal, aFunction, trueOrFalse, wholeNumber } from '../validation/rules.ts'
import { foreignUploadOptions } from './foreign-names.ts'
import {
  type AttemptOptions,
  type ResolvedRetries,
  resolveRetries,
  retryRules,
} from './retry-options.ts'

/** How an object is read. */
export interface ReadOptions extends AttemptOptions {
  /** Stops at once and rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Told of progress: at most every 100 ms, once at the end, never after the promise has settled. */
  onProgress?: ((progress: TransferProgress) => void) | undefined
  /** Told of single events: a retry and its reason, being offline and online again. */
  onEvent?: ((event: ReadEvent) => void) | undefined
  /** Ranges of the object that are read at the same time, each over its own connection. Range: 1 to 64. @default 4 */
  concurrency?: number | undefined
}

/** How an object is compared. */
export interface VerifyOptions extends ReadOptions {
  /**
   * Reads the object's bytes as well, instead of trusting the CRC-64 that OSS keeps of them: the only
   * way where OSS has none.
   * @default false
   */
  download?: boolean | undefined
}

export const defaultReadConcurrency = 4

/** Options as the engine sees them: checked, with every default filled in. */
export interface CompleteReadOptions extends ResolvedRetries {
  readonly signal: AbortSignal
  readonly onProgress: ((progress: TransferProgress) => void) | undefined
  readonly onEvent: ((event: ReadEvent) => void) | undefined
  readonly concurrency: number
  readonly download: boolean
}

/** What each option may be. */
export const readRules = {
  signal: abortSignal,
  onProgress: aFunction<(progress: TransferProgress) => void>(),
  onEvent: aFunction<(event: ReadEvent) => void>(),
  concurrency: wholeNumber(1, 64),
  ...retryRules,
} satisfies RulesOf<ReadOptions>

export const verifyRules = { ...readRules, download: trueOrFalse } satisfies RulesOf<VerifyOptions>

/**
 * Checks the options of something that reads.
 * @param rules those of the function
 * @returns a copy, each value read once
 * @throws {OptionError} naming the option, the value and the allowed values.
 */
export function checkReadOptions<R extends Readonly<Record<string, Rule>>>(
  rules: R,
  given: unknown,
): Checked<R> {
  return checkOptions(rules, given, { name: 'options', foreign: foreignUploadOptions })
}

/** Fills in the defaults. */
export function completeReadOptions(options: VerifyOptions): CompleteReadOptions {
  return {
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress,
    onEvent: options.onEvent,
    concurrency: options.concurrency ?? defaultReadConcurrency,
    download: options.download ?? false,
    ...resolveRetries(options),
  }
}
