// How far it is with bytes that are read, from OSS or from a source: counted, and told at a bounded rate.

import { quietly } from '../foreign/quietly.ts'
import type { Clock } from '../ports.ts'
import { Rate } from './rate.ts'

const intervalMs = 100

/** What a caller sees of a download, or of the reading of a source, at one moment. */
export interface TransferProgress {
  /** `preparing` asks OSS about the object, `finishing` makes what came safe and known by its name. */
  readonly phase: 'preparing' | 'reading' | 'finishing' | 'done'
  /** `undefined` while it is not known. */
  readonly totalBytes: number | undefined
  /** Bytes that were read and are where they belong. Never falls. */
  readonly doneBytes: number
  /** Bytes a second over the last seconds; `undefined` until known. */
  readonly bytesPerSecond: number | undefined
  /** Milliseconds to the end at that rate. */
  readonly remainingMs: number | undefined
  /** Requests that had to be repeated. */
  readonly retries: number
  /** Since when no request has reached OSS, epoch milliseconds; `undefined` when online. */
  readonly offlineSince: number | undefined
}

export class TransferMeter {
  readonly #clock: Clock
  readonly #onProgress: ((progress: TransferProgress) => void) | undefined
  #rate = new Rate()
  #phase: TransferProgress['phase'] = 'preparing'
  #totalBytes: number | undefined
  #doneBytes = 0
  #retries = 0
  #offlineSince: number | undefined
  #lastAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(clock: Clock, onProgress: ((progress: TransferProgress) => void) | undefined) {
    this.#clock = clock
    this.#onProgress = onProgress
  }

  get retries(): number {
    return this.#retries
  }

  phase(phase: TransferProgress['phase']): void {
    this.#phase = phase
    this.#emit(true)
  }

  /** Reading begins: so many more bytes are to come, `undefined` if nobody knows. */
  expect(bytes: number | undefined): void {
    this.#totalBytes = bytes === undefined ? undefined : this.#doneBytes + bytes
    this.phase('reading')
  }

  /** More bytes are where they belong. */
  moved(bytes: number): void {
    this.#doneBytes += bytes
    this.#emit(false)
  }

  retried(): void {
    this.#retries++
  }

  offline(since: number | undefined): void {
    this.#offlineSince = since
    // The time without a network says nothing about the speed with one.
    if (since === undefined) this.#rate = new Rate()
    this.#emit(true)
  }

  /** The last snapshot, if all went well; nothing is told afterwards. */
  close(done: boolean): void {
    if (done) this.phase('done')
    this.#isClosed = true
  }

  #emit(always: boolean): void {
    if (this.#isClosed || this.#onProgress === undefined) return
    const now = this.#clock.monotonic()
    if (!always && now - this.#lastAt < intervalMs) return
    this.#lastAt = now
    this.#rate.add(now, this.#doneBytes)
    const snapshot = this.#snapshot(now)
    quietly(() => this.#onProgress?.(snapshot))
  }

  #snapshot(now: number): TransferProgress {
    const rate = this.#rate.perSecond(now)
    const left = this.#totalBytes === undefined ? undefined : this.#totalBytes - this.#doneBytes
    return {
      phase: this.#phase,
      totalBytes: this.#totalBytes,
      doneBytes: this.#doneBytes,
      bytesPerSecond: rate,
      remainingMs:
        rate === undefined || rate <= 0 || left === undefined
          ? undefined
          : Math.round((left / rate) * 1000),
      retries: this.#retries,
      offlineSince: this.#offlineSince,
    }
  }
}
