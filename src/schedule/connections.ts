// The TCP connections that uploads share. It knows how many of them to use, how fast one is and how often one breaks,
// and it gives each upload its number of connections. All uploads of a process with `concurrency: 'auto'` share one
// object of this class, so that ten uploads do not open ten times as many connections as one.

import type { ConnectionEstimate } from '../plan/auto-part-size.ts'
import type { ConnectionLimits } from '../ports.ts'
import { BreakCauses } from './break-causes.ts'
import { type Attempt, ConcurrencyTuner } from './concurrency.ts'

/** Weight of the latest measurement. */
const weight = 0.3

/**
 * The network has become slow if it moved less than this share of its usual bytes in two periods of
 * `slownessMs`.
 */
const slowness = 0.4
const slownessMs = 2_500

/** The bytes and the pause of an attempt. */
export interface Sent {
  /** Bytes of the part. */
  readonly size: number
  /** Bytes written to the connection, confirmed or not. */
  readonly sent: number
  /** Milliseconds of the pause before the attempt, which its time includes. */
  readonly pausedMs: number
}

export class Connections {
  readonly #tuner: ConcurrencyTuner
  /**
   * The workers of each upload; usually one group. This is an array, because V8 creates an object for each
   * step through a Set.
   */
  #groups: readonly Workers[] = []
  #rate: number | undefined
  #largest = 0
  #shortestMs = Number.POSITIVE_INFINITY
  #sinceBreak = 0
  /** Bytes written to connections in the current period. */
  #window = { from: 0, bytes: 0 }
  #wasSlow = false
  /**
   * Logarithm of the bytes between two breaks. With a logarithm, the mean follows quickly when connections
   * start to break often.
   */
  #logBreak: number | undefined
  readonly #causes = new BreakCauses()

  constructor(limits?: ConnectionLimits) {
    this.#tuner = new ConcurrencyTuner(limits)
  }

  /** Connections that all uploads together should use. */
  get target(): number {
    return this.#tuner.target
  }

  /** Connections in use. */
  get active(): number {
    let sum = 0
    for (let index = 0; index < this.#groups.length; index++) sum += this.#groups[index]!.count
    return sum
  }

  /** The phase of the controller: while it searches, parts should be short. */
  get phase(): ConcurrencyTuner['phase'] {
    return this.#tuner.phase
  }

  get estimate(): ConnectionEstimate {
    const known = this.#logBreak === undefined ? Number.POSITIVE_INFINITY : Math.exp(this.#logBreak)
    return {
      rate: this.#rate,
      largest: this.#largest,
      bytesPerBreak: Math.max(known, this.#sinceBreak) / this.#causes.shareOfBytes,
      shortestMs: this.#shortestMs,
    }
  }

  /** True if smaller parts would break less often. */
  get breaksByBytes(): boolean {
    return this.#causes.shareOfBytes > 0.5
  }

  attemptEnded(attempt: Attempt, { size, sent, pausedMs }: Sent): void {
    this.#sinceBreak += sent
    if (attempt.outcome !== 'throttled') {
      this.#causes.observe(size, attempt.outcome === 'broken' && sent > 0)
    }
    // A part without bytes shows nothing about the speed.
    if (attempt.outcome === 'confirmed' && attempt.bytes > 0) {
      const ms = attempt.endedAt - attempt.startedAt - pausedMs
      const rate = attempt.bytes / Math.max(1, ms)
      this.#shortestMs = Math.min(this.#shortestMs, ms)
      this.#rate = this.#rate === undefined ? rate : this.#rate + (rate - this.#rate) * weight
      this.#largest = Math.max(attempt.bytes, this.#largest * (1 - weight / 4))
    }
    if (attempt.outcome === 'broken' && sent > 0) {
      const log = Math.log(this.#sinceBreak)
      this.#logBreak =
        this.#logBreak === undefined ? log : this.#logBreak + (log - this.#logBreak) * weight
      this.#sinceBreak = 0
    }
    this.#tuner.attemptEnded(attempt, this.active)
    this.offer()
  }

  /**
   * Counts bytes written to a connection. They do not show how fast the network is, because buffers take many
   * of them at once. But they show in the middle of a long part that the network has become much slower.
   */
  moved(now: number, bytes: number): void {
    const window = this.#window
    const expected = this.#tuner.settledRate
    if (expected === undefined || this.active < this.target) {
      this.#window = { from: now, bytes: 0 }
      this.#wasSlow = false
      return
    }
    window.bytes += bytes
    const ms = now - window.from
    if (ms < slownessMs) return
    this.#window = { from: now, bytes: 0 }
    const rate = window.bytes / ms
    const isSlow = rate < expected * slowness
    const isSecond = isSlow && this.#wasSlow
    this.#wasSlow = isSlow && !isSecond
    // In the first slow period, the network may have been fast at first, so its rate would be a mix.
    if (!isSecond) return
    if (this.#rate !== undefined) this.#rate *= rate / expected
    this.#tuner.searchAgain(now, rate)
    this.offer()
  }

  /**
   * Adds the workers of one upload, with one connection each. `start` is called for each
   * worker that may start.
   * @param isPatient true if its first worker must also wait for a free connection, as in a batch of many
   * files
   */
  enter(start: () => void, isPatient = false): Workers {
    const workers = new Workers(this, start, isPatient)
    this.#groups = [...this.#groups, workers]
    return workers
  }

  leave(workers: Workers): void {
    this.#groups = this.#groups.filter(other => other !== workers)
    this.offer()
  }

  /**
   * Starts workers while connections are free, first for the upload with the fewest workers. Each upload may
   * have one worker at once, except in a batch.
   */
  offer(): void {
    for (;;) {
      const workers = this.#poorest()
      if (workers === undefined || (!workers.isEntitled && this.active >= this.target)) return
      workers.begin()
    }
  }

  /**
   * True if a worker of this upload should end, because there are too many workers in total, or because
   * another upload has too few.
   */
  isOverLimit(workers: Workers): boolean {
    if (workers.count <= 1 || this.active < this.target) return false
    const poorest = this.#poorest()
    const isUnfair = poorest !== undefined && poorest.count < workers.count - 1
    return this.active > this.target || isUnfair
  }

  #poorest(): Workers | undefined {
    let poorest: Workers | undefined
    for (let index = 0; index < this.#groups.length; index++) {
      const workers = this.#groups[index]!
      if (!workers.hasWork) continue
      if (poorest === undefined || workers.count < poorest.count) poorest = workers
      else if (workers.isEntitled && !poorest.isEntitled) poorest = workers
    }
    return poorest
  }
}

/** The workers of one upload. */
export class Workers {
  count = 0
  /** True if the upload could use more workers than it has. */
  hasWork = true
  readonly #connections: Connections
  readonly #start: () => void
  readonly #isPatient: boolean

  constructor(connections: Connections, start: () => void, isPatient: boolean) {
    this.#connections = connections
    this.#start = start
    this.#isPatient = isPatient
  }

  /** True if the upload has no worker and may start one at once. */
  get isEntitled(): boolean {
    return this.count === 0 && !this.#isPatient
  }

  /** Starts a worker. Only `Connections` calls this. */
  begin(): void {
    this.count++
    this.#start()
  }

  /** A worker reads this between two parts, and ends if it is true. */
  get isOverLimit(): boolean {
    return this.#connections.isOverLimit(this)
  }

  /** How many workers the upload may have, given the workers of the others. */
  get share(): number {
    return Math.max(1, this.#connections.target - (this.#connections.active - this.count))
  }

  /** Called when the upload has work for more workers again. */
  moreWork(): void {
    this.hasWork = true
    this.#connections.offer()
  }

  /** Called when all remaining work has a worker. */
  noWork(): void {
    this.hasWork = false
  }

  /** Called when a worker has ended. */
  ended(): void {
    this.count--
    this.#connections.offer()
  }

  leave(): void {
    this.noWork()
    this.#connections.leave(this)
  }
}
