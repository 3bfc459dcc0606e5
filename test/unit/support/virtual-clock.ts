// A clock that stops until a test moves it, or jumps from one sleeper to the next as soon as
// nothing else is left to do. No test waits for real time.

import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../../src/ports.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export class VirtualClock implements Clock {
  readonly startedAt: number
  /** What each call of `sleep` asked for, in order. */
  readonly slept: number[] = []
  #elapsed = 0
  #wallOffset = 0
  #sleepers: Sleeper[] = []
  readonly #automatic: boolean
  #isRunning = false

  /** @param mode `jump`: time passes by itself while all wait. `still`: only by `advance`. */
  constructor(mode: 'jump' | 'still' = 'still', startedAt = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.startedAt = startedAt
    this.#automatic = mode === 'jump'
  }

  now(): number {
    return this.startedAt + this.#elapsed + this.#wallOffset
  }

  monotonic(): number {
    return this.#elapsed
  }

  /** Sets the wall clock forwards or back, as a user does. */
  shiftWall(ms: number): void {
    this.#wallOffset += ms
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.slept.push(ms)
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const sleeper = { at: this.#elapsed + ms, wake }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', stop, { once: true })
      if (this.#automatic) void this.#run()
    })
  }

  get sleepers(): number {
    return this.#sleepers.length
  }

  /** Lets time pass, waking each sleeper at its moment. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms
    await setImmediate()
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#wake(next)
      await setImmediate()
    }
    this.#elapsed = end
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    // All that can go on without time has gone on when the event loop comes round.
    await setImmediate()
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#wake(next)
      await setImmediate()
    }
    this.#isRunning = false
  }

  #next(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (first, sleeper) => (first === undefined || sleeper.at < first.at ? sleeper : first),
      undefined,
    )
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter(other => other !== sleeper)
    this.#elapsed = Math.max(this.#elapsed, sleeper.at)
    sleeper.wake()
  }
}
