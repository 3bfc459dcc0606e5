// The options for repeating requests. Uploads, downloads and plain operations share them.

import type { RulesOf } from '../validation/check-options.ts'
import { wholeNumber } from '../validation/rules.ts'

/** Options for repeating requests. */
export interface AttemptOptions {
  /** Maximum number of times one request is sent. Range: 1 to 100. @default 8 */
  attempts?: number | undefined
  /** A request counts as stalled if no byte moves for this time. Milliseconds, 100 to 3,600,000. @default 20_000 */
  idleTimeoutMs?: number | undefined
  /**
   * How long to wait for the network when no connection can be made. `onEvent` reports at once that the upload waits,
   * and why. If the endpoint has never answered and its host does not exist or refuses connections, the address is
   * probably wrong: the request then fails after three attempts, unless this option is set or the upload resumes from
   * a checkpoint. 0: do not wait.
   * Milliseconds, 0 to 604,800,000. @default 900_000 (15 minutes)
   */
  offlineTimeoutMs?: number | undefined
}

export const defaultAttempts = 8
export const defaultIdleTimeoutMs = 20_000
export const defaultOfflineTimeoutMs = 15 * 60_000

export const retryRules = {
  attempts: wholeNumber(1, 100),
  idleTimeoutMs: wholeNumber(100, 3_600_000),
  offlineTimeoutMs: wholeNumber(0, 604_800_000),
} satisfies RulesOf<AttemptOptions>

/** Retry options with every default filled in. */
export interface ResolvedRetries {
  readonly attempts: number
  readonly idleTimeoutMs: number
  readonly offlineTimeoutMs: number
  /** True to wait also for an endpoint that has never answered. */
  readonly isPatient: boolean
}

export function resolveRetries({
  attempts = defaultAttempts,
  idleTimeoutMs = defaultIdleTimeoutMs,
  offlineTimeoutMs,
}: AttemptOptions): ResolvedRetries {
  return {
    attempts,
    idleTimeoutMs,
    offlineTimeoutMs: offlineTimeoutMs ?? defaultOfflineTimeoutMs,
    isPatient: offlineTimeoutMs !== undefined,
  }
}
