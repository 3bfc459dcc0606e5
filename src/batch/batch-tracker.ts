// Collects the outcomes of a batch's files into snapshots, and passes them to listeners at a limited rate. If a
// callback throws, its error is dropped, so that it cannot harm the batch.

import { Roster } from '../async/roster.ts'
import { quietly } from '../foreign/quietly.ts'
import type { Clock } from '../ports.ts'
import { Emitter, percentOf } from '../progress/emitter.ts'
import { Rate } from '../progress/rate.ts'
import type { ProgressSnapshot } from '../progress/snapshot.ts'
import type { BatchEvent, BatchOptions, BatchResult, FileOutcome } from './batch-options.ts'
import type { ActiveFile, BatchSnapshot } from './batch-snapshot.ts'
import type { FoundFile } from './found.ts'

interface Active extends ActiveFile {
  snapshot: ProgressSnapshot | undefined
}

/** Tracks one file that is being uploaded. */
export interface FileTracker {
  readonly onProgress: ((snapshot: ProgressSnapshot) => void) | undefined
  readonly onEvent: (event: BatchEvent) => void
  /** Called when the file's upload has ended. @param sentBytes @default the number in the last snapshot */
  left(sentBytes?: number): void
}

type Listeners = Pick<BatchOptions, 'onFile' | 'onProgress' | 'onEvent'>

export class BatchTracker {
  readonly #clock: Clock
  readonly #emitter: Emitter<BatchSnapshot, BatchEvent>
  readonly #onFile: BatchOptions['onFile']
  /** Snapshots of each file take time, so they are made only if there is a listener. */
  readonly #isWatched: boolean
  readonly #counts = {
    uploaded: 0,
    unchanged: 0,
    skipped: 0,
    failed: 0,
    planned: 0,
    uploadedBytes: 0,
    unchangedBytes: 0,
    plannedBytes: 0,
  }
  readonly #found = { files: 0, bytes: 0, isWalked: false }
  readonly #active = new Roster<Active>()
  readonly #rate = new Rate()
  #phase: BatchSnapshot['phase'] = 'sending'
  #postponed = 0
  #retries = 0
  /** Bytes sent for files whose upload has ended. */
  #sentBytes = 0

  constructor(clock: Clock, { onFile, onProgress, onEvent }: Listeners) {
    this.#clock = clock
    this.#onFile = onFile
    this.#isWatched = onProgress !== undefined
    this.#emitter = new Emitter(clock, now => {
      this.#rate.add(now, this.#sentBytesNow())
      return this.snapshot()
    })
    this.#emitter.subscribe({ onProgress, onEvent })
  }

  get result(): BatchResult {
    return { ...this.#counts, sentBytes: this.#sentBytesNow() }
  }

  found({ identity }: FoundFile): void {
    this.#found.files++
    this.#found.bytes += identity.size
    this.#emitter.changed()
  }

  walked(): void {
    this.#found.isWalked = true
    this.#emitter.changed()
  }

  again(): void {
    this.#phase = 'again'
    this.#postponed = 0
    this.#emitter.changed(true)
  }

  postponed(): void {
    this.#postponed++
    this.#emitter.changed()
  }

  began({ path, key, identity }: FoundFile): FileTracker {
    const active: Active = { path, key, size: identity.size, snapshot: undefined }
    this.#active.add(active)
    this.#emitter.changed()
    return {
      onProgress: this.#isWatched
        ? snapshot => {
            active.snapshot = snapshot
            this.#emitter.changed()
          }
        : undefined,
      onEvent: event => this.event({ ...event, path, key }),
      left: (sentBytes = active.snapshot?.sentBytes ?? 0) => {
        this.#active.delete(active)
        this.#sentBytes += sentBytes
      },
    }
  }

  event(event: BatchEvent): void {
    if (event.type === 'retry') this.#retries++
    this.#emitter.event(event)
  }

  settled(outcome: FileOutcome): void {
    this.#counts[outcome.outcome]++
    if (outcome.outcome === 'uploaded') this.#counts.uploadedBytes += outcome.size
    if (outcome.outcome === 'unchanged') this.#counts.unchangedBytes += outcome.size
    if (outcome.outcome === 'planned') this.#counts.plannedBytes += outcome.size
    quietly(() => this.#onFile?.(outcome))
    this.#emitter.changed()
  }

  /** Reports the last snapshot. Calls no listener afterwards. */
  close(isDone: boolean): void {
    if (isDone) this.#phase = 'done'
    this.#emitter.changed(true)
    this.#emitter.close()
  }

  snapshot(): BatchSnapshot {
    let confirmed = this.#counts.uploadedBytes
    let offlineSince: number | undefined
    for (const { snapshot } of this.#active) {
      confirmed += snapshot?.confirmedBytes ?? 0
      offlineSince ??= snapshot?.offlineSince
    }
    return {
      ...this.result,
      phase: this.#phase,
      filesFound: this.#found.files,
      bytesFound: this.#found.bytes,
      isWalked: this.#found.isWalked,
      postponed: this.#postponed,
      confirmedBytes: confirmed,
      percent: this.#percent(confirmed),
      bytesPerSecond: this.#rate.perSecond(this.#clock.monotonic()),
      retries: this.#retries,
      offlineSince,
      active: () => [...this.#active].map(active => ({ ...active })),
    }
  }

  /** Returns the percentage. While the search for files continues, the total is unknown, so there is no percentage. */
  #percent(confirmed: number): number | undefined {
    if (this.#phase === 'done') return 100
    const done = confirmed + this.#counts.unchangedBytes
    return percentOf(done, this.#found.isWalked ? this.#found.bytes : undefined)
  }

  #sentBytesNow(): number {
    let sum = this.#sentBytes
    for (const { snapshot } of this.#active) sum += snapshot?.sentBytes ?? 0
    return sum
  }
}
