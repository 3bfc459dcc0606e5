// How far it is with bytes that are read, from OSS or from a source: counted, and told at a bounded rate.

import type { Clock } from '../ports.ts'
import { Emitter, type Listener, percentOf } from './emitter.ts'
import { Rate } from './rate.ts'
import type { ReadEvent } from './upload-event.ts'

/** What a caller sees of a download, or of the reading of a source, at one moment. */
export interface TransferProgress {
  /** `preparing` asks OSS about the object, `finishing` makes what came safe and known by its name. */
  readonly phase: 'preparing' | 'reading' | 'finishing' | 'done'
  /** `undefined` while it is not known. */
  readonly totalBytes: number | undefined
  /**
   * How much is done: 0 to 100, rounded down to one decimal. `undefined` while `totalBytes` is not known;
   * 0 for an empty object until the end.
   */
  readonly percent: number | undefined
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
  readonly #emitter: Emitter<TransferProgress, ReadEvent>
  #rate = new Rate()
  #phase: TransferProgress['phase'] = 'preparing'
  #totalBytes: number | undefined
  #doneBytes = 0
  #retries = 0
  #offlineSince: number | undefined

  constructor(clock: Clock, listener: Listener<TransferProgress, ReadEvent> = {}) {
    this.#emitter = new Emitter(clock, now => this.#snapshot(now))
    this.#emitter.subscribe(listener)
  }

  get retries(): number {
    return this.#retries
  }

  phase(phase: TransferProgress['phase']): void {
    this.#phase = phase
    this.#emitter.changed(true)
  }

  /** Reading begins: so many more bytes are to come, `undefined` if nobody knows. */
  expect(bytes: number | undefined): void {
    this.#totalBytes = bytes === undefined ? undefined : this.#doneBytes + bytes
    this.phase('reading')
  }

  /** More bytes are where they belong. */
  moved(bytes: number): void {
    this.#doneBytes += bytes
    this.#emitter.changed()
  }

  retried(): void {
    this.#retries++
  }

  /** No request reaches OSS; `undefined`: one did again. Epoch milliseconds. */
  offline(outage: { readonly since: number } | undefined): void {
    this.#offlineSince = outage?.since
    // The time without a network says nothing about the speed with one.
    if (outage === undefined) this.#rate = new Rate()
    this.#emitter.changed(true)
  }

  event(event: ReadEvent): void {
    this.#emitter.event(event)
  }

  /** The last snapshot, if all went well; nothing is told afterwards. */
  close(done: boolean): void {
    if (done) this.phase('done')
    this.#emitter.close()
  }

  #snapshot(now: number): TransferProgress {
    this.#rate.add(now, this.#doneBytes)
    const rate = this.#rate.perSecond(now)
    const left = this.#totalBytes === undefined ? undefined : this.#totalBytes - this.#doneBytes
    return {
      phase: this.#phase,
      totalBytes: this.#totalBytes,
      percent: this.#phase === 'done' ? 100 : percentOf(this.#doneBytes, this.#totalBytes),
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
