// Folds what happens in an upload into snapshots and hands them out at a bounded rate. A callback
// that throws must not harm the upload: its error is dropped.

import { quietly } from '../foreign/quietly.ts'
import type { Part } from '../plan/plan-parts.ts'
import type { Clock } from '../ports.ts'
import { Rate } from './rate.ts'
import type { PartProgress, ProgressSnapshot } from './snapshot.ts'
import type { UploadEvent } from './upload-event.ts'

const intervalMs = 100
const advanceMs = 15_000
/** Two kernels take megabytes of each connection before its speed shows. */
const settleMs = 2000

interface PartEntry {
  readonly part: Part
  state: PartProgress['state']
  sentBytes: number
  attempts: number
}

/** Who wants to know: the callbacks of one caller. */
export interface ProgressListener {
  readonly onProgress?: ((snapshot: ProgressSnapshot) => void) | undefined
  readonly onEvent?: ((event: UploadEvent) => void) | undefined
}

export class ProgressTracker {
  readonly #clock: Clock
  readonly #listeners = new Set<ProgressListener>()
  /** Of all that is sent: the speed of the line. */
  #rate = new Rate()
  /** Of what gets nearer to the end, over a longer time: what tells how much of it is left. */
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
  #lastAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Adds a listener. The returned function takes it away again, and no other that is the same. */
  subscribe({ onProgress, onEvent }: ProgressListener): () => void {
    const own = { onProgress, onEvent }
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
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
    // What went before says nothing about the speed.
    if (phase === 'sending' && this.#phase !== 'sending') this.#resetRates()
    this.#phase = phase
    if (totalBytes !== undefined) this.#totalBytes = totalBytes
    this.#emit(true)
  }

  /** Takes over a plan: what is confirmed and what is to be sent. */
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
    // What is confirmed may be less than before.
    this.#advance = new Rate(advanceMs, settleMs)
    this.#emit(true)
  }

  /** A part that was not planned: of a stream, or cut just now. `kept`: an earlier run had sent it. */
  addPart(part: Part, kept: boolean): void {
    const planned = this.#parts.get(part.partNumber)
    // Of ten thousand parts that were planned one by one, nothing is kept twice.
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
    this.#emit()
  }

  /** About how many parts are yet to be added. */
  expectParts(count: number): void {
    this.#expected = count
  }

  /** Confirmed parts had to be given up: `confirmedBytes` may fall, and this is why. */
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
    this.#emit()
  }

  bytesSent(bytes: number, partNumber?: number): void {
    this.#sentBytes += bytes
    this.#inFlightBytes += bytes
    const entry = partNumber === undefined ? undefined : this.#parts.get(partNumber)
    if (entry !== undefined) entry.sentBytes += bytes
    this.#emit()
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
    this.#emit()
  }

  retried(): void {
    this.#retries++
  }

  /** An attempt to send the whole source at once ended without success. */
  wholeFailed(): void {
    this.#inFlightBytes = 0
  }

  /** The source of `total` confirmed bytes is about to be read again; 0: no more of them. */
  verifying(total: number): void {
    this.#verified = total > 0 ? { bytes: 0, total } : undefined
    this.#emit(true)
  }

  bytesVerified(bytes: number): void {
    if (this.#verified !== undefined) this.#verified.bytes += bytes
    this.#emit()
  }

  /** No request reaches OSS, which is waited out; `undefined`: one did again. Epoch milliseconds. */
  offline(outage: { readonly since: number; readonly until: number } | undefined): void {
    this.#offline = outage
    // The time without a network says nothing about the speed with one.
    if (outage === undefined) this.#resetRates()
    this.#emit(true)
  }

  event(event: UploadEvent): void {
    if (this.#closed) return
    for (const { onEvent } of this.#listeners) quietly(() => onEvent?.(event))
  }

  /** The last snapshot, if an object of `size` bytes is stored; nothing is called afterwards. */
  close(stored?: { readonly size: number }): void {
    if (stored !== undefined) {
      this.#phase = 'done'
      // A source may have become another since its size was told, and the object have been found.
      this.#totalBytes = stored.size
      this.#confirmedBytes = stored.size
      this.#inFlightBytes = 0
      this.#emit(true)
    }
    this.#closed = true
  }

  snapshot(): ProgressSnapshot {
    const now = this.#clock.monotonic()
    const parts = this.#parts
    return {
      phase: this.#phase,
      totalBytes: this.#totalBytes,
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

  #emit(always = false): void {
    if (this.#closed || this.#listeners.size === 0) return
    const now = this.#clock.monotonic()
    if (!always && now - this.#lastAt < intervalMs) return
    this.#lastAt = now
    this.#rate.add(now, this.#sentBytes)
    this.#advance.add(now, this.#confirmedBytes - this.#resumedBytes + this.#inFlightBytes)
    const snapshot = this.snapshot()
    for (const { onProgress } of this.#listeners) quietly(() => onProgress?.(snapshot))
  }
}

function isSame(one: Part, other: Part): boolean {
  return one.position === other.position && one.size === other.size
}
