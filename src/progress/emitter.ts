// Passes snapshots and events to the listeners of an upload, a download or a batch. Snapshots come at a limited
// rate. Nothing is passed after the end. Errors of listeners do not affect the work.

import { quietly } from '../foreign/quietly.ts'
import type { Clock } from '../ports.ts'

const intervalMs = 100

/** The callbacks of one caller. */
export interface Listener<Snapshot, Event> {
  readonly onProgress?: ((snapshot: Snapshot) => void) | undefined
  readonly onEvent?: ((event: Event) => void) | undefined
}

export class Emitter<Snapshot, Event> {
  readonly #clock: Clock
  readonly #take: (now: number) => Snapshot
  readonly #listeners = new Set<Listener<Snapshot, Event>>()
  /**
   * The number of listeners for snapshots. `changed` is called for every sent chunk, so it must return at
   * once without listeners.
   */
  #watchers = 0
  #lastAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  /** @param take creates a snapshot; called with the time of the monotonic clock */
  constructor(clock: Clock, take: (now: number) => Snapshot) {
    this.#clock = clock
    this.#take = take
  }

  /** Adds a listener. The returned function removes exactly this one, even if an equal one was added. */
  subscribe({ onProgress, onEvent }: Listener<Snapshot, Event>): () => void {
    const own = { onProgress, onEvent }
    this.#listeners.add(own)
    this.#count()
    return () => {
      this.#listeners.delete(own)
      this.#count()
    }
  }

  /**
   * Passes a snapshot after a change, at most every 100 ms.
   * @param always pass it at once, for changes that a caller must not miss
   */
  changed(always = false): void {
    if (this.#isClosed || this.#watchers === 0) return
    const now = this.#clock.monotonic()
    if (!always && now - this.#lastAt < intervalMs) return
    this.#lastAt = now
    const snapshot = this.#take(now)
    for (const { onProgress } of this.#listeners) quietly(() => onProgress?.(snapshot))
  }

  event(event: Event): void {
    if (this.#isClosed) return
    for (const { onEvent } of this.#listeners) quietly(() => onEvent?.(event))
  }

  #count(): void {
    this.#watchers = [...this.#listeners].filter(({ onProgress }) => onProgress).length
  }

  /** Ends all calls to listeners. */
  close(): void {
    this.#isClosed = true
  }
}

/**
 * How much of a total is done, from 0 to 100, rounded down to one decimal; `undefined` while the total is not
 * known. A total of 0 gives 0 until the end.
 */
export function percentOf(done: number, total: number | undefined): number | undefined {
  if (total === undefined) return undefined
  if (total <= 0) return 0
  return Math.floor((Math.min(done, total) / total) * 1000) / 10
}
