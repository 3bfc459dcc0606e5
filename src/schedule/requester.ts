// Sends one request until it succeeds, until its attempts are used up, or until no retry can help. Each request has
// its own retry state. Only a lost network is shared by all requests of an upload: one request tests whether the
// network is back, and the others wait for it.

import { linkedStop } from '../async/signals.ts'
import { NetworkError, OssError, OssupError } from '../errors.ts'
import type { CallOptions, OssClient } from '../oss/client.ts'
import type { Clock, Random } from '../ports.ts'
import { backoffMs } from './backoff.ts'
import { askedDelayMs, isInDoubt, isPassing, type Remedy, remedyFor } from './retryable.ts'

/** The number of attempts until OSS has answered once. More would not help if the address is wrong. */
const firstContactAttempts = 3
const offlinePauseMaxMs = 10_000
/** A smaller difference needs no correction, because OSS allows 15 minutes. */
const clockSlackMs = 60_000
/** How often the clock is corrected for one request. */
const clockCorrectionsMax = 3

export interface Retry {
  readonly operation: string
  readonly partNumber: number | undefined
  /** The attempt that failed, from 1. */
  readonly attempt: number
  /** The largest number of attempts. */
  readonly attemptsMax: number
  readonly delayMs: number
  readonly error: OssupError
}

export interface RequesterOptions {
  readonly client: OssClient
  readonly clock: Clock
  readonly random: Random
  readonly attempts: number
  readonly idleTimeoutMs: number
  /** How long a request waits for a network, milliseconds; 0: not at all. */
  readonly offlineTimeoutMs: number
  /** True to wait for a network also if no server has ever answered at this address. */
  readonly isPatient: boolean
  /** Called for each retry; not for requests that only wait until another one reaches OSS. */
  readonly onRetry: (retry: Retry) => void
  readonly onOffline: (error: OssupError) => void
  readonly onOnline: (afterMs: number) => void
}

/** How many attempts failed. Failures because of credentials, the clock or a missing network do not count. */
export interface Failures {
  count: number
}

export interface Call {
  readonly operation: string
  readonly partNumber?: number
  readonly signal: AbortSignal
  readonly onBytesSent?: ((bytes: number) => void) | undefined
  /**
   * False if an attempt in doubt must not be repeated: if OSS may have performed it, its error is thrown at
   * once.
   */
  readonly repeatable?: boolean
  /** The number of attempts, if fewer than usual. */
  readonly attempts?: number
  /** Counts the failures of several calls that share one budget. @default a counter for this call alone */
  readonly failures?: Failures
  /**
   * A number that grows with completed work. After an attempt that completed some work, the count of failures
   * starts again.
   */
  readonly progress?: () => number
}

/** A time in which no connection can be made. */
interface Outage {
  readonly since: number
  /** The request that tests the network; `undefined` if it gave up. Then the next request that fails does it. */
  probe: Call | undefined
  readonly over: Promise<void>
  end(): void
}

export class Requester {
  readonly #options: RequesterOptions
  #outage: Outage | undefined

  constructor(options: RequesterOptions) {
    this.#options = options
  }

  /**
   * Runs `attempt` until it succeeds.
   * @throws the error of the last attempt, with `attempts` and `retryable` filled in; `signal.reason`
   */
  async run<T>(call: Call, attempt: (options: CallOptions) => Promise<T>): Promise<T> {
    const budget = call.attempts ?? this.#options.attempts
    // Remedies that were just used. Each of them helps at once or not at all, so it is used again only after
    // another kind of failure.
    const usedRemedies: Remedy[] = []
    let refused: OssError | undefined
    const failures = call.failures ?? { count: 0 }
    let corrections = 0
    let reached = call.progress?.() ?? 0
    try {
      for (let total = 1; ; total++) {
        call.signal.throwIfAborted()
        try {
          if (refused !== undefined)
            await this.#options.client.refreshCredentials(refused, call.signal)
          refused = undefined
          const answer = await attempt({
            signal: call.signal,
            idleTimeoutMs: this.#options.idleTimeoutMs,
            attempt: total,
            onBytesSent: call.onBytesSent,
          })
          this.#online()
          return answer
        } catch (error) {
          call.signal.throwIfAborted()
          if (error instanceof OssError) this.#online()
          if (!(error instanceof OssupError)) throw error
          // The clock may have jumped again since it was corrected.
          if (corrections < clockCorrectionsMax && this.#isClockOff(error))
            forget(usedRemedies, 'clock')
          const remedy = this.#remedy(error, usedRemedies)
          if (remedy === 'clock') corrections++
          const counted = remedy === 'again' || remedy === 'throttled'
          const now = call.progress?.() ?? 0
          if (now > reached) failures.count = 0
          reached = now
          if (counted) failures.count++
          const attemptsMax = Math.min(budget, this.#budgetFor(error, budget))
          const spent = failures.count >= attemptsMax
          const forbidden = call.repeatable === false && isInDoubt(error)
          if (remedy === 'no' || forbidden || (counted && spent)) {
            throw error.retriesExhausted(total, isPassing(error))
          }
          if (remedy === 'credentials' || remedy === 'clock') usedRemedies.push(remedy)
          else usedRemedies.length = 0
          if (remedy === 'credentials' && error instanceof OssError) refused = error
          await this.#apply(remedy, error, {
            call,
            attempt: total,
            attemptsMax,
            failed: failures.count,
          })
        }
      }
    } finally {
      if (this.#outage?.probe === call) this.#outage.probe = undefined
    }
  }

  /** The remedy for an error now; `no` if the same remedy has just failed. */
  #remedy(error: OssupError, usedRemedies: readonly Remedy[]): Remedy {
    const remedy = this.#options.client.isOffline(error) ? 'offline' : remedyFor(error)
    if (remedy === 'offline' && !this.#mayWait(error)) return 'again'
    if (usedRemedies.includes(remedy)) return 'no'
    if (remedy !== 'offline' || this.#outage === undefined) return remedy
    const offlineMs = this.#options.clock.monotonic() - this.#outage.since
    return offlineMs >= this.#options.offlineTimeoutMs ? 'no' : remedy
  }

  /** True if OSS's clock differs from the corrected one. If they agree, correcting it again does not help. */
  #isClockOff(error: OssupError): boolean {
    if (!(error instanceof OssError) || error.serverTime === undefined) return false
    return Math.abs(error.serverTime - this.#options.client.now()) > clockSlackMs
  }

  #mayWait(error: OssupError): boolean {
    const { client, offlineTimeoutMs, isPatient } = this.#options
    if (offlineTimeoutMs === 0) return false
    const isDoubtful = error instanceof NetworkError && error.nobodyThere
    return isPatient || client.hasAnswered || !isDoubtful
  }

  #budgetFor(error: OssupError, budget: number): number {
    if (this.#options.client.hasAnswered || !(error instanceof NetworkError)) return budget
    const isWrongAddress = error.sent === 'nothing' || error.code === 'NOT_OSS'
    return isWrongAddress ? Math.min(firstContactAttempts, budget) : budget
  }

  async #apply(
    remedy: Remedy,
    error: OssupError,
    state: { call: Call; attempt: number; attemptsMax: number; failed: number },
  ): Promise<void> {
    const { client, clock, random } = this.#options
    const { call } = state
    let delayMs = 0
    if (remedy === 'clock') {
      if (error instanceof OssError && error.serverTime !== undefined) {
        client.correctClock(error.serverTime)
      }
    } else if (remedy === 'offline') {
      const outage = this.#offline(error)
      outage.probe ??= call
      if (outage.probe !== call) {
        await this.#untilOver(outage, call.signal)
        return
      }
      delayMs = Math.min(offlinePauseMaxMs, backoffMs(state.attempt + 1, random.next(), 500))
    } else if (remedy !== 'credentials') {
      delayMs = backoffMs(state.failed, random.next(), askedDelayMs(error))
    }
    this.#options.onRetry({
      operation: call.operation,
      partNumber: call.partNumber,
      attempt: state.attempt,
      attemptsMax: state.attemptsMax,
      delayMs,
      error,
    })
    if (delayMs > 0) await clock.sleep(delayMs, call.signal)
  }

  #offline(error: OssupError): Outage {
    if (this.#outage !== undefined) return this.#outage
    const since = this.#options.clock.monotonic()
    let end = () => {}
    const over = new Promise<void>(resolve => {
      end = resolve
    })
    this.#outage = { since, probe: undefined, over, end }
    this.#options.onOffline(error)
    return this.#outage
  }

  /**
   * Resolves when the network is back, or after a pause, because the request that tests it may be busy with a
   * long part.
   */
  async #untilOver({ over }: Outage, signal: AbortSignal): Promise<void> {
    const stop = linkedStop(signal)
    const waited = this.#options.clock.sleep(offlinePauseMaxMs, stop.signal)
    try {
      await Promise.race([over, waited])
    } finally {
      waited.catch(() => {})
      stop.abort(new Error('The outage is over'))
    }
  }

  #online(): void {
    const outage = this.#outage
    if (outage === undefined) return
    this.#outage = undefined
    outage.end()
    this.#options.onOnline(this.#options.clock.monotonic() - outage.since)
  }
}

function forget(remedies: Remedy[], remedy: Remedy): void {
  const index = remedies.indexOf(remedy)
  if (index >= 0) remedies.splice(index, 1)
}
