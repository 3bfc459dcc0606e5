// The options of functions that read objects (download and verify): their meaning, defaults and limits.

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

/** Options for reading an object. */
export interface ReadOptions extends AttemptOptions {
  /** Stops the call at once. The call rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Called with the progress: at most every 100 ms, once at the end of a success, and never after the promise has settled. */
  onProgress?: ((progress: TransferProgress) => void) | undefined
  /** Called for single events: a retry and its reason, going offline and coming back online. */
  onEvent?: ((event: ReadEvent) => void) | undefined
  /** Number of ranges read at the same time, each over its own connection. Range: 1 to 64. @default 4 */
  concurrency?: number | undefined
}

/** Options for comparing an object. */
export interface VerifyOptions extends ReadOptions {
  /**
   * Reads the object's bytes too, instead of trusting the CRC-64 that OSS keeps. If OSS has no CRC-64 of the object,
   * this is the only way to compare.
   * @default false
   */
  download?: boolean | undefined
}

export const defaultReadConcurrency = 4

/** Options as the engine uses them: checked, with every default filled in. */
export interface CompleteReadOptions extends ResolvedRetries {
  readonly signal: AbortSignal
  readonly onProgress: ((progress: TransferProgress) => void) | undefined
  readonly onEvent: ((event: ReadEvent) => void) | undefined
  readonly concurrency: number
  readonly download: boolean
}

/** The rules for each option. */
export const readRules = {
  signal: abortSignal,
  onProgress: aFunction<(progress: TransferProgress) => void>(),
  onEvent: aFunction<(event: ReadEvent) => void>(),
  concurrency: wholeNumber(1, 64),
  ...retryRules,
} satisfies RulesOf<ReadOptions>

export const verifyRules = { ...readRules, download: trueOrFalse } satisfies RulesOf<VerifyOptions>

/**
 * Checks the options of a function that reads an object.
 * @param rules the rules of that function
 * @returns a copy; each value was read once
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
