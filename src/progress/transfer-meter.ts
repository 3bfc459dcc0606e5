// Counts the bytes of a download, or of a source that is read.

import type { Clock } from '../ports.ts'
import { Emitter, type Listener, percentOf } from './emitter.ts'
import { Rate } from './rate.ts'
import type { ReadEvent } from './upload-event.ts'

/** The progress of a download, or of reading a source, at one moment. */
export interface TransferProgress {
  /** `preparing` asks OSS about the object, `finishing` flushes the file and gives it its name. */
  readonly phase: 'preparing' | 'reading' | 'finishing' | 'done'
  /** Size of the object or source in bytes; `undefined` while not known. */
  readonly totalBytes: number | undefined
  /**
   * How much is done: 0 to 100, rounded down to one decimal. `undefined` while `totalBytes` is not known;
   * 0 for an empty object until the end.
   */
  readonly percent: number | undefined
  /** Bytes that were read and written. Never falls. */
  readonly doneBytes: number
  /** Bytes a second over the last seconds; `undefined` until known. */
  readonly bytesPerSecond: number | undefined
  /** Remaining time at that rate, in milliseconds. */
  readonly remainingMs: number | undefined
  /** Requests that were sent again. */
  readonly retries: number
  /** The time since which no request has reached OSS, epoch milliseconds; `undefined` when online. */
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

  /** Reading starts. `bytes` more will come; `undefined` if not known. */
  expect(bytes: number | undefined): void {
    this.#totalBytes = bytes === undefined ? undefined : this.#doneBytes + bytes
    this.phase('reading')
  }

  /** More bytes are read and written. */
  moved(bytes: number): void {
    this.#doneBytes += bytes
    this.#emitter.changed()
  }

  retried(): void {
    this.#retries++
  }

  /**
   * Records that no request reaches OSS, or with `undefined`, that one has reached it again. Epoch
   * milliseconds.
   */
  offline(outage: { readonly since: number } | undefined): void {
    this.#offlineSince = outage?.since
    // The time without a network says nothing about the speed with one.
    if (outage === undefined) this.#rate = new Rate()
    this.#emitter.changed(true)
  }

  event(event: ReadEvent): void {
    this.#emitter.event(event)
  }

  /** Passes the last snapshot if the work succeeded. No listener is called afterwards. */
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
