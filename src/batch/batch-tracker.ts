// Folds what becomes of the files of a batch into snapshots, and hands them out at a bounded rate. A
// callback that throws must not harm the batch: its error is dropped.

import { Roster } from '../async/roster.ts'
import { quietly } from '../foreign/quietly.ts'
import type { Clock } from '../ports.ts'
import { Rate } from '../progress/rate.ts'
import type { ProgressSnapshot } from '../progress/snapshot.ts'
import type { BatchEvent, BatchOptions, BatchResult, FileOutcome } from './batch-options.ts'
import type { ActiveFile, BatchSnapshot } from './batch-snapshot.ts'
import type { FoundFile } from './found.ts'

const intervalMs = 100

interface Active extends ActiveFile {
  snapshot: ProgressSnapshot | undefined
}

/** One file under way. */
export interface FileTracker {
  readonly onProgress: ((snapshot: ProgressSnapshot) => void) | undefined
  readonly onEvent: (event: BatchEvent) => void
  /** It is not under way any more. @param sentBytes if not given, what was seen of it last */
  left(sentBytes?: number): void
}

type Listeners = Pick<BatchOptions, 'onFile' | 'onProgress' | 'onEvent'>

export class BatchTracker {
  readonly #clock: Clock
  readonly #listeners: Listeners
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
  /** Of files that are not under way any more. */
  #sentBytes = 0
  #lastAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(clock: Clock, { onFile, onProgress, onEvent }: Listeners) {
    this.#clock = clock
    this.#listeners = {
      ...(onFile && { onFile }),
      ...(onProgress && { onProgress }),
      ...(onEvent && { onEvent }),
    }
  }

  get result(): BatchResult {
    return { ...this.#counts, sentBytes: this.#sentBytesNow() }
  }

  found({ identity }: FoundFile): void {
    this.#found.files++
    this.#found.bytes += identity.size
    this.#emit()
  }

  walked(): void {
    this.#found.isWalked = true
    this.#emit()
  }

  again(): void {
    this.#phase = 'again'
    this.#postponed = 0
    this.#emit(true)
  }

  postponed(): void {
    this.#postponed++
    this.#emit()
  }

  began({ path, key, identity }: FoundFile): FileTracker {
    const active: Active = { path, key, size: identity.size, snapshot: undefined }
    this.#active.add(active)
    this.#emit()
    return {
      // Snapshots of each file cost something: only if anybody looks at them.
      onProgress:
        this.#listeners.onProgress &&
        (snapshot => {
          active.snapshot = snapshot
          this.#emit()
        }),
      onEvent: event => this.event({ ...event, path, key }),
      left: (sentBytes = active.snapshot?.sentBytes ?? 0) => {
        this.#active.delete(active)
        this.#sentBytes += sentBytes
      },
    }
  }

  event(event: BatchEvent): void {
    if (event.type === 'retry') this.#retries++
    if (!this.#closed) quietly(() => this.#listeners.onEvent?.(event))
  }

  settled(outcome: FileOutcome): void {
    this.#counts[outcome.outcome]++
    if (outcome.outcome === 'uploaded') this.#counts.uploadedBytes += outcome.size
    if (outcome.outcome === 'unchanged') this.#counts.unchangedBytes += outcome.size
    if (outcome.outcome === 'planned') this.#counts.plannedBytes += outcome.size
    quietly(() => this.#listeners.onFile?.(outcome))
    this.#emit()
  }

  /** The last snapshot; nothing is called afterwards. */
  close(isDone: boolean): void {
    if (isDone) this.#phase = 'done'
    this.#emit(true)
    this.#closed = true
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
      bytesPerSecond: this.#rate.perSecond(this.#clock.monotonic()),
      retries: this.#retries,
      offlineSince,
      active: () => [...this.#active].map(active => ({ ...active })),
    }
  }

  #sentBytesNow(): number {
    let sum = this.#sentBytes
    for (const { snapshot } of this.#active) sum += snapshot?.sentBytes ?? 0
    return sum
  }

  #emit(always = false): void {
    if (this.#closed || this.#listeners.onProgress === undefined) return
    const now = this.#clock.monotonic()
    if (!always && now - this.#lastAt < intervalMs) return
    this.#lastAt = now
    this.#rate.add(now, this.#sentBytesNow())
    const snapshot = this.snapshot()
    quietly(() => this.#listeners.onProgress?.(snapshot))
  }
}
