// Computes snapshots from the events of an upload.

import type { Part } from '../plan/plan-parts.ts'
import type { Clock } from '../ports.ts'
import { Emitter, type Listener, percentOf } from './emitter.ts'
import { Rate } from './rate.ts'
import type { PartProgress, ProgressSnapshot } from './snapshot.ts'
import type { UploadEvent } from './upload-event.ts'

const advanceMs = 15_000
/**
 * The buffers of both kernels take megabytes at once, so the first seconds do not show the speed of the
 * network.
 */
const settleMs = 2000

interface PartEntry {
  readonly part: Part
  state: PartProgress['state']
  sentBytes: number
  attempts: number
}

/** The callbacks of one caller. */
export type ProgressListener = Listener<ProgressSnapshot, UploadEvent>

export class ProgressTracker {
  readonly #clock: Clock
  readonly #emitter: Emitter<ProgressSnapshot, UploadEvent>
  /** Rate of all bytes sent: the speed of the network. */
  #rate = new Rate()
  /** Rate of bytes that were sent for the first time, over a longer period: for the remaining time. */
  #advance = new Rate(advanceMs, settleMs)
  #parts = new Map<number, PartEntry>()
  #phase: ProgressSnapshot['phase'] = 'preparing'
  #totalBytes: number | undefined
  #confirmedBytes = 0
  #resumedBytes = 0
  #resumedParts = 0
  #sentBytes = 0
  #inFlightBytes = 0
  #verified: { bytes: number; readonly total: number } | undefined
  #expected = 0
  #inFlight = 0
  #confirmed = 0
  #round = 1
  #roundReason: string | undefined
  #retries = 0
  #offline: { readonly since: number; readonly until: number } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#emitter = new Emitter(clock, now => this.#take(now))
  }

  /** Adds a listener. The returned function removes it. */
  subscribe(listener: ProgressListener): () => void {
    return this.#emitter.subscribe(listener)
  }

  get sentBytes(): number {
    return this.#sentBytes
  }

  get retries(): number {
    return this.#retries
  }

  get resumed(): { bytes: number; parts: number } {
    return { bytes: this.#resumedBytes, parts: this.#resumedParts }
  }

  phase(phase: ProgressSnapshot['phase'], totalBytes?: number): void {
    // Earlier phases say nothing about the speed.
    if (phase === 'sending' && this.#phase !== 'sending') this.#resetRates()
    this.#phase = phase
    if (totalBytes !== undefined) this.#totalBytes = totalBytes
    this.#emitter.changed(true)
  }

  /** Sets the plan: the confirmed parts and the missing ones. */
  plan(kept: readonly Part[], missing: readonly Part[], fromEarlierRun: boolean): void {
    const before = this.#parts
    this.#parts = new Map()
    this.#confirmedBytes = 0
    this.#resumedParts = 0
    this.#resumedBytes = 0
    for (const part of kept) {
      const state = fromEarlierRun ? 'kept' : (before.get(part.partNumber)?.state ?? 'confirmed')
      this.#parts.set(part.partNumber, { part, state, sentBytes: 0, attempts: 0 })
      this.#confirmedBytes += part.size
      if (state !== 'kept') continue
      this.#resumedParts++
      this.#resumedBytes += part.size
    }
    for (const part of missing) {
      this.#parts.set(part.partNumber, { part, state: 'waiting', sentBytes: 0, attempts: 0 })
    }
    this.#confirmed = kept.length
    this.#expected = 0
    this.#inFlight = 0
    this.#inFlightBytes = 0
    // Fewer bytes may be confirmed than before.
    this.#advance = new Rate(advanceMs, settleMs)
    this.#emitter.changed(true)
  }

  /**
   * Adds a part that the plan does not have yet: a part of a stream, or a part with a newly chosen size.
   * `kept`: an earlier run sent it.
   */
  addPart(part: Part, kept: boolean): void {
    const planned = this.#parts.get(part.partNumber)
    // With ten thousand parts, each has one entry.
    const isPlanned = planned?.state === 'waiting' && isSame(planned.part, part)
    if (!isPlanned || kept) {
      const state = kept ? 'kept' : 'waiting'
      this.#parts.set(part.partNumber, { part, state, sentBytes: 0, attempts: 0 })
    }
    if (!kept) return
    this.#confirmed++
    this.#confirmedBytes += part.size
    this.#resumedParts++
    this.#resumedBytes += part.size
    this.#emitter.changed()
  }

  /** Sets the estimated number of parts that will still be added. */
  expectParts(count: number): void {
    this.#expected = count
  }

  /** Confirmed parts are no longer valid, for this reason: `confirmedBytes` may fall. */
  nextRound(reason: string, kept: readonly { readonly size: number }[]): void {
    this.#round++
    this.#roundReason = reason
    const partsKept = kept.length
    const partsDropped = Math.max(0, this.#confirmed - partsKept)
    this.#confirmed = partsKept
    this.#confirmedBytes = kept.reduce((sum, part) => sum + part.size, 0)
    this.event({ type: 'round', reason, partsKept, partsDropped })
  }

  partStarted(partNumber: number): void {
    const entry = this.#parts.get(partNumber)
    if (entry === undefined) return
    if (entry.state !== 'sending') this.#inFlight++
    entry.state = 'sending'
    entry.sentBytes = 0
    entry.attempts++
    this.#emitter.changed()
  }

  bytesSent(bytes: number, partNumber?: number): void {
    this.#sentBytes += bytes
    this.#inFlightBytes += bytes
    const entry = partNumber === undefined ? undefined : this.#parts.get(partNumber)
    if (entry !== undefined) entry.sentBytes += bytes
    this.#emitter.changed()
  }

  partFailed(partNumber: number): void {
    const entry = this.#parts.get(partNumber)
    if (entry?.state !== 'sending') return
    this.#inFlight--
    this.#inFlightBytes -= entry.sentBytes
    entry.state = 'retrying'
    entry.sentBytes = 0
  }

  partConfirmed(part: Part, attempts: number): void {
    const entry = this.#parts.get(part.partNumber)
    if (entry === undefined) return
    if (entry.state === 'sending') {
      this.#inFlight--
      this.#inFlightBytes -= entry.sentBytes
    }
    entry.state = 'confirmed'
    entry.sentBytes = part.size
    this.#confirmed++
    this.#confirmedBytes += part.size
    this.event({ type: 'part', partNumber: part.partNumber, size: part.size, attempts })
    this.#emitter.changed()
  }

  retried(): void {
    this.#retries++
  }

  /** An attempt to send the whole source in one request failed. */
  wholeFailed(): void {
    this.#inFlightBytes = 0
  }

  /** Starts verifying `total` confirmed bytes against the source; 0 ends the phase. */
  verifying(total: number): void {
    this.#verified = total > 0 ? { bytes: 0, total } : undefined
    this.#emitter.changed(true)
  }

  bytesVerified(bytes: number): void {
    if (this.#verified !== undefined) this.#verified.bytes += bytes
    this.#emitter.changed()
  }

  /**
   * Records that no request reaches OSS, or with `undefined`, that one has reached it again. Epoch
   * milliseconds.
   */
  offline(outage: { readonly since: number; readonly until: number } | undefined): void {
    this.#offline = outage
    // The time without a network says nothing about the speed with one.
    if (outage === undefined) this.#resetRates()
    this.#emitter.changed(true)
  }

  event(event: UploadEvent): void {
    this.#emitter.event(event)
  }

  /** Passes the last snapshot if an object of `size` bytes is stored. No listener is called afterwards. */
  close(stored?: { readonly size: number }): void {
    if (stored !== undefined) {
      this.#phase = 'done'
      // The source may have changed its size, and the upload may have found the object of the new size.
      if (stored.size < this.#confirmedBytes) {
        this.#round++
        this.#roundReason = 'the source became shorter, and its object was found'
      }
      this.#totalBytes = stored.size
      this.#confirmedBytes = stored.size
      this.#inFlightBytes = 0
      this.#emitter.changed(true)
    }
    this.#emitter.close()
  }

  snapshot(): ProgressSnapshot {
    const now = this.#clock.monotonic()
    const parts = this.#parts
    return {
      phase: this.#phase,
      totalBytes: this.#totalBytes,
      percent: this.#phase === 'done' ? 100 : percentOf(this.#confirmedBytes, this.#totalBytes),
      confirmedBytes: this.#confirmedBytes,
      resumedBytes: this.#resumedBytes,
      sentBytes: this.#sentBytes,
      inFlightBytes: this.#inFlightBytes,
      verifiedBytes: this.#verified?.bytes,
      bytesToVerify: this.#verified?.total,
      round: this.#round,
      roundReason: this.#roundReason,
      bytesPerSecond: this.#rate.perSecond(now),
      remainingMs: this.#remainingMs(now),
      partsTotal: parts.size === 0 ? undefined : parts.size + this.#expected,
      partsConfirmed: this.#confirmed,
      partsInFlight: this.#inFlight,
      retries: this.#retries,
      offlineSince: this.#offline?.since,
      offlineUntil: this.#offline?.until,
      parts: () =>
        [...parts.values()].map(({ part, state, sentBytes, attempts }) => ({
          partNumber: part.partNumber,
          position: part.position,
          size: part.size,
          state,
          sentBytes,
          attempts,
        })),
    }
  }

  #resetRates(): void {
    this.#rate = new Rate()
    this.#advance = new Rate(advanceMs, settleMs)
  }

  #remainingMs(now: number): number | undefined {
    const rate = this.#advance.perSecond(now)
    if (rate === undefined || rate <= 0 || this.#totalBytes === undefined) return undefined
    const left = this.#totalBytes - this.#confirmedBytes - this.#inFlightBytes
    return Math.round((Math.max(0, left) / rate) * 1000)
  }

  #take(now: number): ProgressSnapshot {
    this.#rate.add(now, this.#sentBytes)
    this.#advance.add(now, this.#confirmedBytes - this.#resumedBytes + this.#inFlightBytes)
    return this.snapshot()
  }
}

function isSame(one: Part, other: Part): boolean {
  return one.position === other.position && one.size === other.size
}
