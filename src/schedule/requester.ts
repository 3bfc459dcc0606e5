// Sends one request until it succeeds, its budget is spent, or nothing can help. The retry state is
// that of the one request; only being offline is shared by all requests of an upload: one of them tries
// whether there is a connection again, and the others wait for it.

import { linkedStop } from '../async/signals.ts'
import { NetworkError, OssError, OssupError } from '../errors.ts'
import type { CallOptions, OssClient } from '../oss/client.ts'
import type { Clock, Random } from '../ports.ts'
import { backoffMs } from './backoff.ts'
import { askedDelayMs, isInDoubt, isPassing, type Remedy, remedyFor } from './retryable.ts'

/** Before OSS has ever answered: more would not help against a wrong address. */
const firstContactAttempts = 3
const offlinePauseMaxMs = 10_000
/** OSS allows a difference of 15 minutes. */
const clockSlackMs = 60_000
/** How often the clock is corrected for one request. */
const clockCorrectionsMax = 3

export interface Retry {
  readonly operation: string
  readonly partNumber: number | undefined
  /** The attempt that failed, from 1. */
  readonly attempt: number
  /** How often it is tried in all. */
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
  /** Being offline is waited out for so long; 0: not at all. */
  readonly offlineTimeoutMs: number
  /** Also where nobody has ever answered and nobody seems to be there. */
  readonly isPatient: boolean
  /** Not told of requests that only wait for another one to get through. */
  readonly onRetry: (retry: Retry) => void
  readonly onOffline: (error: OssupError) => void
  readonly onOnline: (afterMs: number) => void
}

/** How many attempts failed. What credentials, the clock or the network explain is not counted. */
export interface Failures {
  count: number
}

export interface Call {
  readonly operation: string
  readonly partNumber?: number
  readonly signal: AbortSignal
  readonly onBytesSent?: ((bytes: number) => void) | undefined
  /** False: an attempt that OSS may have acted on is not repeated; its error is thrown at once. */
  readonly repeatable?: boolean
  /** Fewer attempts than usual. */
  readonly attempts?: number
  /** Counts the failures of several calls that together have one budget. @default of this call alone */
  readonly failures?: Failures
  /** Grows as attempts get something done for good: after one that did, failures are counted anew. */
  readonly progress?: () => number
}

/** No connection can be made. */
interface Outage {
  readonly since: number
  /** The request that tries for all; `undefined` if it has given up, and the next that fails takes over. */
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
   * @throws what the last attempt threw, with `attempts` and `retryable` filled in; `signal.reason`.
   */
  async run<T>(call: Call, attempt: (options: CallOptions) => Promise<T>): Promise<T> {
    const budget = call.attempts ?? this.#options.attempts
    // Each of these helps at once or not at all: it is not tried again until something else went wrong.
    const inVain: Remedy[] = []
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
          if (corrections < clockCorrectionsMax && this.#isClockOff(error)) forget(inVain, 'clock')
          const remedy = this.#remedy(error, inVain)
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
          if (remedy === 'credentials' || remedy === 'clock') inVain.push(remedy)
          else inVain.length = 0
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

  /** What to do about an error here and now; a remedy that was just tried in vain is none. */
  #remedy(error: OssupError, inVain: readonly Remedy[]): Remedy {
    const remedy = this.#options.client.isOffline(error) ? 'offline' : remedyFor(error)
    if (remedy === 'offline' && !this.#mayWait(error)) return 'again'
    if (inVain.includes(remedy)) return 'no'
    if (remedy !== 'offline' || this.#outage === undefined) return remedy
    const offlineMs = this.#options.clock.monotonic() - this.#outage.since
    return offlineMs >= this.#options.offlineTimeoutMs ? 'no' : remedy
  }

  /** True if OSS's clock differs from the corrected one: with a right one another request is no use. */
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

  /** Or until it is time to try all the same: whoever tries for all may be at a long part. */
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
