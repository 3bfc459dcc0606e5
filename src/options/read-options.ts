// The options of what reads objects, download and verify: their meaning, defaults and limits.

import type { TransferProgress } from '../progress/transfer-meter.ts'
import type { UploadEvent } from '../progress/upload-event.ts'
import { choice, integer, listener, signalOf } from './option-checks.ts'
import { refuseUnknownOptions } from './option-names.ts'
import { defaultAttempts, defaultIdleTimeoutMs, defaultOfflineTimeoutMs } from './upload-options.ts'

/** How an object is read. */
export interface ReadOptions {
  /** Stops at once and rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Told of progress: at most every 100 ms, once at the end, never after the promise has settled. */
  onProgress?: ((progress: TransferProgress) => void) | undefined
  /** Told of single events: a retry and its reason, being offline and online again. */
  onEvent?: ((event: ReadEvent) => void) | undefined
  /** Ranges of the object that are read at the same time, each over its own connection. Range: 1 to 64. @default 4 */
  concurrency?: number | undefined
  /** How often one request is tried in all. Range: 1 to 100. @default 8 */
  attempts?: number | undefined
  /** Milliseconds without a byte moved after which a request counts as stalled. Range: 100 to 3,600,000. @default 20_000 */
  idleTimeoutMs?: number | undefined
  /** How long being offline is waited out, as with uploads. Milliseconds, 0 to 604,800,000. @default 900_000 */
  offlineTimeoutMs?: number | undefined
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

/** What happens while an object is read. More kinds may come: ignore what you do not know. */
export type ReadEvent = Extract<UploadEvent, { type: 'retry' | 'offline' | 'online' }>

export const defaultReadConcurrency = 4

/** Options as the engine sees them: checked, with every default filled in. */
export interface CompleteReadOptions {
  readonly signal: AbortSignal
  readonly onProgress: ((progress: TransferProgress) => void) | undefined
  readonly onEvent: ((event: ReadEvent) => void) | undefined
  readonly concurrency: number
  readonly attempts: number
  readonly idleTimeoutMs: number
  readonly offlineTimeoutMs: number
  /** Also for an endpoint at which nobody has ever answered. */
  readonly isPatient: boolean
  readonly download: boolean
}

/** The names of all options that download and verify have in common. */
export const readOptionNames = [
  'signal',
  'onProgress',
  'onEvent',
  'concurrency',
  'attempts',
  'idleTimeoutMs',
  'offlineTimeoutMs',
] satisfies (keyof ReadOptions)[]

/**
 * Checks the options and fills in the defaults.
 * @param further names of options that this caller knows as well
 * @throws {OptionError} naming the option, the value and what is allowed.
 */
export function completeReadOptions(
  options: VerifyOptions,
  further: readonly (keyof VerifyOptions)[] = [],
): CompleteReadOptions {
  refuseUnknownOptions(options, [...readOptionNames, ...further])
  const { concurrency, attempts, idleTimeoutMs, offlineTimeoutMs } = options
  return {
    signal: signalOf(options.signal) ?? new AbortController().signal,
    onProgress: listener('onProgress', options.onProgress),
    onEvent: listener('onEvent', options.onEvent),
    concurrency: integer('concurrency', concurrency, 1, 64, defaultReadConcurrency),
    attempts: integer('attempts', attempts, 1, 100, defaultAttempts),
    idleTimeoutMs: integer('idleTimeoutMs', idleTimeoutMs, 100, 3_600_000, defaultIdleTimeoutMs),
    offlineTimeoutMs: integer(
      'offlineTimeoutMs',
      offlineTimeoutMs,
      0,
      604_800_000,
      defaultOfflineTimeoutMs,
    ),
    isPatient: offlineTimeoutMs !== undefined,
    download: choice('download', options.download, [true, false]) ?? false,
  }
}
