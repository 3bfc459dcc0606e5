// Hands snapshots and events to the listeners of an upload, a download or a batch: snapshots at a bounded
// rate, nothing after the end, and no failure of a listener harms the work.

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
  /** Listeners for snapshots. Called for every piece that is sent, `changed` must cost nothing without any. */
  #watchers = 0
  #lastAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  /** @param take makes the snapshot; called with the time of the clock that never steps back */
  constructor(clock: Clock, take: (now: number) => Snapshot) {
    this.#clock = clock
    this.#take = take
  }

  /** Adds a listener. The returned function removes it, and no equal one. */
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
   * Something has changed: hands out a snapshot, at most every 100 ms.
   * @param always at once, for what a caller must not miss
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

  /** Nothing is called afterwards. */
  close(): void {
    this.#isClosed = true
  }
}

/**
 * How much of a whole is done, from 0 to 100, rounded down to one decimal; `undefined` while the whole is not
 * known. An empty whole is 0 until it is done.
 */
export function percentOf(done: number, total: number | undefined): number | undefined {
  if (total === undefined) return undefined
  if (total <= 0) return 0
  return Math.floor((Math.min(done, total) / total) * 1000) / 10
}
