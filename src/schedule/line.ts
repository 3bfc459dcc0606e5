// The line that uploads share: how many connections it is worth, how fast one of them is, how often
// one breaks; and who may use how many. All uploads of a process with `concurrency: 'auto'` have one
// line between them, so that ten uploads do not open ten times as many connections as one.

import type { LineEstimate } from '../plan/auto-part-size.ts'
import type { ConnectionLimits } from '../ports.ts'
import { BreakCauses } from './break-causes.ts'
import { type Attempt, ConcurrencyTuner } from './concurrency.ts'

/** Weight of the latest measurement. */
const weight = 0.3

/** A line is slower when it gave less than this share of what it gave before, twice for so long. */
const slowness = 0.4
const slownessMs = 2_500

/** What an attempt was about. */
export interface Sent {
  /** Bytes of the part. */
  readonly size: number
  /** Bytes handed to the connection, whatever came of them. */
  readonly sent: number
  /** How much of the attempt was the pause before it. */
  readonly pausedMs: number
}

export class Line {
  readonly #tuner: ConcurrencyTuner
  /** Mostly one. An array, since V8 makes an object for every step through a set. */
  #crews: readonly Crew[] = []
  #rate: number | undefined
  #largest = 0
  #shortestMs = Number.POSITIVE_INFINITY
  #sinceBreak = 0
  /** Bytes handed to connections since a moment, while nothing else changed. */
  #window = { from: 0, bytes: 0 }
  #wasSlow = false
  /** Bytes between two breaks, as a logarithm: a line that turns bad after a good hour is soon known. */
  #logBreak: number | undefined
  readonly #causes = new BreakCauses()

  constructor(limits?: ConnectionLimits) {
    this.#tuner = new ConcurrencyTuner(limits)
  }

  /** Connections that are to be used by all crews together. */
  get target(): number {
    return this.#tuner.target
  }

  /** Connections in use. */
  get active(): number {
    let sum = 0
    for (let index = 0; index < this.#crews.length; index++) sum += this.#crews[index]!.workers
    return sum
  }

  /** What the controller is doing: while it measures, parts should be short. */
  get phase(): ConcurrencyTuner['phase'] {
    return this.#tuner.phase
  }

  get estimate(): LineEstimate {
    const known = this.#logBreak === undefined ? Number.POSITIVE_INFINITY : Math.exp(this.#logBreak)
    return {
      rate: this.#rate,
      largest: this.#largest,
      bytesPerBreak: Math.max(known, this.#sinceBreak) / this.#causes.shareOfBytes,
      shortestMs: this.#shortestMs,
    }
  }

  /** Whether smaller parts would break less often. */
  get breaksByBytes(): boolean {
    return this.#causes.shareOfBytes > 0.5
  }

  attemptEnded(attempt: Attempt, { size, sent, pausedMs }: Sent): void {
    this.#sinceBreak += sent
    if (attempt.outcome !== 'throttled') {
      this.#causes.observe(size, attempt.outcome === 'broken' && sent > 0)
    }
    if (attempt.outcome === 'confirmed') {
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
   * Tells of bytes handed to a connection. They say little about how fast the line is, since buffers
   * swallow them, but enough to see in the middle of long parts that it is much slower than it was.
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
    // The first time it may have become slow in between, and the rate be that of two lines.
    if (!isSecond) return
    if (this.#rate !== undefined) this.#rate *= rate / expected
    this.#tuner.searchAgain(now, rate)
    this.offer()
  }

  /**
   * A crew of workers, one connection each. `start` is called for each that may begin to work.
   * @param isPatient it waits for room also for its first: one of many uploads that are one job
   */
  enter(start: () => void, isPatient = false): Crew {
    const crew = new Crew(this, start, isPatient)
    this.#crews = [...this.#crews, crew]
    return crew
  }

  leave(crew: Crew): void {
    this.#crews = this.#crews.filter(other => other !== crew)
    this.offer()
  }

  /**
   * Starts workers while there is room, first for those crews that have fewest. Each may have one,
   * unless it is patient.
   */
  offer(): void {
    for (;;) {
      const crew = this.#poorest()
      if (crew === undefined || (!crew.isEntitled && this.active >= this.target)) return
      crew.begin()
    }
  }

  /** True if a worker of this crew should make room: there are too many, or another crew has too few. */
  isOverstaffed(crew: Crew): boolean {
    if (crew.workers <= 1 || this.active < this.target) return false
    const poorest = this.#poorest()
    const isUnfair = poorest !== undefined && poorest.workers < crew.workers - 1
    return this.active > this.target || isUnfair
  }

  #poorest(): Crew | undefined {
    let poorest: Crew | undefined
    for (let index = 0; index < this.#crews.length; index++) {
      const crew = this.#crews[index]!
      if (!crew.hasWork) continue
      if (poorest === undefined || crew.workers < poorest.workers) poorest = crew
      else if (crew.isEntitled && !poorest.isEntitled) poorest = crew
    }
    return poorest
  }
}

/** The workers of one upload. */
export class Crew {
  workers = 0
  /** It could use more workers than it has. */
  hasWork = true
  readonly #line: Line
  readonly #start: () => void
  readonly #isPatient: boolean

  constructor(line: Line, start: () => void, isPatient: boolean) {
    this.#line = line
    this.#start = start
    this.#isPatient = isPatient
  }

  /** It has no worker and may have one in any case. */
  get isEntitled(): boolean {
    return this.workers === 0 && !this.#isPatient
  }

  /** Called by the line. */
  begin(): void {
    this.workers++
    this.#start()
  }

  /** A worker asks between two parts: should it end to make room? */
  get isOverstaffed(): boolean {
    return this.#line.isOverstaffed(this)
  }

  /** How many workers it may have, next to those of the others. */
  get share(): number {
    return Math.max(1, this.#line.target - (this.#line.active - this.workers))
  }

  /** There is work again. */
  moreWork(): void {
    this.hasWork = true
    this.#line.offer()
  }

  /** All work is handed out. */
  noWork(): void {
    this.hasWork = false
  }

  /** A worker has ended. */
  ended(): void {
    this.workers--
    this.#line.offer()
  }

  leave(): void {
    this.noWork()
    this.#line.leave(this)
  }
}
