// How many connections to use. A hill climber on the throughput that a number of connections gives:
// climbs in large steps while that pays, settles where it stops paying, tries a little more and a little less
// from time to time, and gives way when OSS throttles. Why so: docs/internals/decisions/0004-auto.md. Pure.
//
// Throughput is never read off bytes handed to sockets, since those only say how large the buffers of
// two kernels are. It is the mean rate of whole attempts (confirmed bytes over the time spent on them,
// waste included) times the number of connections.

import type { ConnectionLimits } from '../ports.ts'

/** One attempt at a part, with the pause before it if it was not the first. */
export interface Attempt {
  /** Milliseconds of a monotonic clock. */
  readonly startedAt: number
  readonly endedAt: number
  /** Bytes that OSS confirmed; 0 if the attempt failed. */
  readonly bytes: number
  readonly outcome: 'confirmed' | 'broken' | 'throttled'
}

/** For `concurrency: 'auto'`, unless the transport has limits of its own. */
export const autoConcurrency: ConnectionLimits = { min: 2, start: 4, max: 128 }

/** Climbing goes on if more connections gain this share of what they add; below the other it is taken back. */
const climbOn = 0.3
const worth = 0.2
/** What an attempt takes at least, on average, to say something: shorter ones have to be more. */
const attemptMs = 150
/** Connections that gain this much of their share do not get in each other's way. */
const proportional = 0.7
/** A smaller number is as good if it gives this much of what the larger one gave. */
const asGood = 0.97
/** Where measurements differ more than this from each other, less is not tried: nobody could tell. */
const noiseMax = 0.05
/** Throughput that differs this much from the settled one is that of another line. */
const changed = { below: 0.65, above: 1.5 }
/** How long a settled number is left alone: longer each time nothing better was found. */
const rest = { min: 3_000, max: 80_000 }
/** More connections that gain nothing and of whose attempts so much more breaks are too many for somebody. */
const breaksMany = 0.25
/** Where more than this breaks, nothing gets through: that calls for half as many at once. */
const breaksMost = 0.75
/** Where more than this breaks, it is not taken for what is usual there. */
const usualMax = 0.5
/** How long the number at which OSS throttled is not tried again: longer each time it was in vain. */
const truce = { min: 20_000, max: 160_000 }

type Phase =
  | { readonly kind: 'climbing' }
  /** Another number is tried; `home` is returned to if it does not pay. */
  | { readonly kind: 'trying'; readonly home: number; readonly pays: number }
  | { readonly kind: 'settled'; readonly until: number }

export class ConcurrencyTuner {
  readonly #limits: ConnectionLimits
  #target: number
  #phase: Phase = { kind: 'climbing' }
  /** The number that climbing came from. */
  #from: number
  /** What the number before gave, bytes a millisecond. */
  #before: number | undefined
  /** How much measurements with the same number differ from each other, as a share: much, until known. */
  #noise = 2 * noiseMax
  #restMs = rest.min
  #isDownNext = false
  /** The share of attempts that breaks with fewer connections as well, for another reason. */
  #usualBreaks = 0
  /** More connections were as much faster as they were more: then fewer need not be tried. */
  #isScarce = false
  #truceMs = truce.min
  #ceiling = Number.POSITIVE_INFINITY
  #ceilingUntil = 0
  /** Attempts that began before this moment ran beside another number of connections. */
  #since = Number.NEGATIVE_INFINITY
  #seen = { bytes: 0, ms: 0, attempts: 0, broken: 0, throttled: 0 }

  constructor(limits: ConnectionLimits = autoConcurrency) {
    this.#limits = limits
    this.#target = limits.start
    this.#from = limits.start
  }

  /** Connections to use now. */
  get target(): number {
    return this.#target
  }

  /** While it is being found out how many connections are best, parts should be short. */
  get phase(): Phase['kind'] {
    return this.#phase.kind
  }

  /** Forgets what was measured so far: it was not typical. */
  #startAnew(now: number): void {
    this.#since = now
    this.#seen = { bytes: 0, ms: 0, attempts: 0, broken: 0, throttled: 0 }
  }

  /** Bytes a millisecond that the line gave lately; `undefined` while that is being found out. */
  get settledRate(): number | undefined {
    return this.#phase.kind === 'climbing' ? undefined : this.#before
  }

  /** The line has become another one: the search begins again, from here. */
  searchAgain(now: number, rate: number): void {
    this.#before = rate
    this.#isScarce = false
    this.#restMs = rest.min
    this.#phase = { kind: 'climbing' }
    this.#climbTo(now, this.#target * 2)
  }

  /** @param active connections that were in use beside it, itself included */
  attemptEnded(attempt: Attempt, active: number): void {
    if (this.#limits.min === this.#limits.max || attempt.startedAt < this.#since) return
    const seen = this.#seen
    seen.attempts++
    seen.bytes += attempt.bytes
    seen.ms += attempt.endedAt - attempt.startedAt
    if (attempt.outcome === 'broken') seen.broken++
    if (attempt.outcome === 'throttled') seen.throttled++
    const now = attempt.endedAt
    // Those who are to leave are still here: what is measured is not what was asked for.
    if (active > this.#target && attempt.outcome !== 'throttled') {
      this.#startAnew(now)
      return
    }
    // A single refusal happens to anybody.
    if (seen.throttled >= Math.max(2, this.#target / 8)) this.#giveWay(now, 0.8)
    else if (this.#hasSeenEnough()) {
      const rate = (seen.bytes / Math.max(1, seen.ms)) * this.#target
      // With fewer connections in use than wanted it is not the number wanted that was measured.
      if (active >= this.#target) this.#judge(now, rate, seen.broken / seen.attempts)
      else this.#startAnew(now)
    }
  }

  #hasSeenEnough(): boolean {
    const { attempts, ms, broken } = this.#seen
    // On a climb that pays in full the first answers, of connections that were there before, will do: new
    // ones take several round trips to become fast.
    const isSure = this.#phase.kind === 'climbing' && this.#isScarce
    const enough = Math.max(4, Math.ceil(this.#target / (isSure ? 4 : 2)))
    // Attempts that break end sooner than others: the first to end are not typical.
    const isTypical = attempts - broken >= enough / 2 || broken >= this.#target
    return attempts >= enough && ms >= enough * attemptMs && isTypical
  }

  #judge(now: number, rate: number, brokenShare: number): void {
    const phase = this.#phase
    if (phase.kind === 'climbing') this.#climb(now, rate, brokenShare)
    else if (phase.kind === 'trying') this.#compare(now, rate, phase, brokenShare)
    else this.#watch(now, rate, phase.until, brokenShare)
  }

  #climb(now: number, rate: number, brokenShare: number): void {
    const before = this.#before
    const current = this.#target
    const from = this.#from
    // 1: twice as many gave twice as much. 0: they gave nothing.
    const gain = before === undefined ? undefined : (rate / before - 1) / (current / from - 1)
    if (gain !== undefined && gain < worth) {
      if (this.#areTooMany(brokenShare)) this.#forbid(now, current)
      else this.#isScarce = false
      // What was measured with fewer stands, so that going lower is compared with it.
      this.#settle(now, from)
      this.#isDownNext = true
      return
    }
    this.#usualBreaks =
      before === undefined ? brokenShare : Math.min(this.#usualBreaks, brokenShare)
    this.#before = rate
    this.#isScarce = gain !== undefined && gain > proportional
    if ((gain !== undefined && gain < climbOn) || current >= this.#most(now)) {
      this.#settle(now, current)
      this.#isDownNext = true
      return
    }
    // After a first doubling that paid in full, in larger steps: each step costs time.
    this.#climbTo(now, current * (this.#isScarce ? 4 : 2))
  }

  #climbTo(now: number, target: number): void {
    this.#from = this.#target
    this.#move(now, target)
  }

  #compare(
    now: number,
    rate: number,
    phase: Phase & { kind: 'trying' },
    brokenShare: number,
  ): void {
    const isDown = this.#target < phase.home
    if (isDown) this.#usualBreaks = Math.min(brokenShare, usualMax)
    if (rate >= (this.#before ?? 0) * phase.pays) {
      // A smaller number keeps the measure it was held against, lest many small losses add up.
      if (!isDown) {
        this.#isScarce =
          rate / (this.#before ?? rate) - 1 > proportional * (this.#target / phase.home - 1)
        this.#before = rate
      }
      if (this.#target > this.#ceiling) this.#ceiling = this.#target
      this.#restMs = rest.min
      this.#isDownNext = isDown
      this.#settle(now, this.#target)
    } else {
      this.#restMs = Math.min(rest.max, this.#restMs * 1.5)
      this.#isDownNext = !isDown
      // Next time half-way, if at all: each such trial costs somebody what he had sent.
      if (!isDown && this.#areTooMany(brokenShare)) {
        this.#forbid(now, Math.ceil((phase.home + this.#target) / 2))
      }
      if (isDown) {
        const loss = 1 - rate / (this.#before ?? rate)
        this.#isScarce = loss > proportional * (1 - this.#target / phase.home)
      }
      this.#settle(now, phase.home)
    }
  }

  /** Settled: is the line still the same, and is it time to try another number? */
  #watch(now: number, rate: number, until: number, brokenShare: number): void {
    const before = this.#before ?? rate
    const isOther = rate < before * changed.below || rate > before * changed.above
    if (!isOther) this.#noise += (Math.abs(rate / before - 1) - this.#noise) / 3
    if (isOther && brokenShare > breaksMost && this.#areTooMany(brokenShare)) {
      this.#giveWay(now, 0.5)
      return
    }
    if (isOther && brokenShare < 0.5) {
      this.searchAgain(now, rate)
      return
    }
    if (isOther) {
      this.#before = rate
      this.#isDownNext = true
    } else if (now < until && !(this.#isDownNext && this.#areTooMany(brokenShare))) {
      this.#before = before + (rate - before) / 4
      this.#startAnew(now)
      return
    } else {
      this.#before = before + (rate - before) / 2
    }
    this.#try(now, brokenShare)
  }

  #try(now: number, brokenShare: number): void {
    const home = this.#target
    // Where OSS has throttled before, slowly: a refusal costs more than a connection brings.
    const careful = Math.ceil(this.#ceiling * 1.1) + 1
    const more = Math.min(this.#most(now), Math.ceil(home * 1.5), careful)
    const fewer = Math.max(this.#limits.min, Math.floor(home * 0.75))
    const isTelling = !this.#isScarce && this.#noise < noiseMax
    const isWanted = isTelling && (this.#isDownNext || more <= home)
    const isPressing = this.#isDownNext && this.#areTooMany(brokenShare)
    const isDown = fewer < home && (isWanted || isPressing)
    const next = isDown ? fewer : more
    if (next === home) {
      this.#settle(now, home)
      return
    }
    // An additional connection has to bring a quarter of its share.
    const pays = isDown ? asGood : 1 + (next / home - 1) / 4
    this.#phase = { kind: 'trying', home, pays }
    this.#move(now, next)
  }

  /** So many more break than with fewer connections that their number must be the reason. */
  #areTooMany(brokenShare: number): boolean {
    return brokenShare >= this.#usualBreaks + breaksMany
  }

  #giveWay(now: number, share: number): void {
    const current = this.#target
    this.#forbid(now, current)
    this.#before = undefined
    this.#isDownNext = false
    this.#settle(now, Math.max(this.#limits.min, Math.floor(current * share)))
  }

  /** That many were too many for OSS or for something on the way: not again for some time. */
  #forbid(now: number, tooMany: number): void {
    const isAgain = now < this.#ceilingUntil + this.#truceMs
    this.#truceMs = Math.min(truce.max, isAgain ? this.#truceMs * 2 : truce.min)
    this.#ceiling = Math.max(this.#limits.min, tooMany - 1)
    this.#ceilingUntil = now + this.#truceMs
  }

  #most(now: number): number {
    return now < this.#ceilingUntil ? Math.min(this.#limits.max, this.#ceiling) : this.#limits.max
  }

  #settle(now: number, target: number): void {
    this.#phase = { kind: 'settled', until: now + this.#restMs }
    this.#move(now, target)
  }

  #move(now: number, target: number): void {
    this.#target = Math.max(this.#limits.min, Math.min(this.#most(now), target))
    this.#startAnew(now)
  }
}
