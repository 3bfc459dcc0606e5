// Finds how many connections to use, by climbing: it adds connections in large steps while throughput grows
// with them, and settles when it does not. From time to time it tries a few more and a few fewer. When OSS
// throttles, it uses fewer. The reasons are in docs/internals/decisions/0004-auto.md. Pure.
//
// Throughput is the mean rate of whole attempts (confirmed bytes divided by the time of all attempts, also of
// failed ones) times the number of connections. Bytes handed to sockets are no measure: they show how large
// the buffers of the two kernels are.

import type { ConnectionLimits } from '../ports.ts'

/** One attempt to send a part, with the pause before it if it was not the first attempt. */
export interface Attempt {
  /** When the attempt started, in milliseconds of a monotonic clock. */
  readonly startedAt: number
  readonly endedAt: number
  /** Bytes that OSS confirmed; 0 if the attempt failed. */
  readonly bytes: number
  readonly outcome: 'confirmed' | 'broken' | 'throttled'
}

/** Connection limits of `concurrency: 'auto'`, unless the transport has its own. */
export const autoConcurrency: ConnectionLimits = { min: 2, start: 4, max: 128 }

// With twice the connections and twice the throughput, the gain is 1.
/** With at least this gain, the climb continues. Below `worth`, its last step is undone. */
const climbOn = 0.3
const worth = 0.2
/**
 * Milliseconds of attempts per connection that one measurement needs. If attempts are shorter, more of them
 * are needed.
 */
const attemptMs = 150
/** From this gain on, connections do not slow each other down. */
const proportional = 0.7
/** Fewer connections are as good if they give this share of the throughput. */
const asGood = 0.97
/** If measurements differ more than this, fewer connections are not tried: the result would not be visible. */
const noiseMax = 0.05
/** If throughput is outside these shares of the settled throughput, the network has changed. */
const changed = { below: 0.65, above: 1.5 }
/** Milliseconds until another number is tried. The time grows with each trial that found nothing better. */
const rest = { min: 3_000, max: 80_000 }
/** If more connections gain nothing and this share more of their attempts breaks, they are too many. */
const breaksMany = 0.25
/** If a larger share than this breaks, almost nothing arrives: half of the connections are removed at once. */
const breaksMost = 0.75
/** The largest share of breaks that counts as usual for a network. */
const usualMax = 0.5
/** Milliseconds for which a number that OSS throttled is not tried again: longer after each new refusal. */
const cooldown = { min: 20_000, max: 160_000 }

type Phase =
  | { readonly kind: 'climbing' }
  /** Tries another number, and returns to `baseline` if that number is not better. */
  | { readonly kind: 'trying'; readonly baseline: number; readonly pays: number }
  | { readonly kind: 'settled'; readonly until: number }

export class ConcurrencyTuner {
  readonly #limits: ConnectionLimits
  #target: number
  #phase: Phase = { kind: 'climbing' }
  /** The number of connections before the last step of the climb. */
  #from: number
  /** Throughput with the earlier number, bytes per millisecond. */
  #before: number | undefined
  /** How much measurements with the same number differ, as a share. Starts high, because it is not known yet. */
  #noise = 2 * noiseMax
  #restMs = rest.min
  #isDownNext = false
  /** The share of attempts that breaks even with fewer connections, so for another reason. */
  #usualBreaks = 0
  /** True if throughput grew as much as the number of connections. Then fewer connections are not tried. */
  #isScarce = false
  #cooldownMs = cooldown.min
  #ceiling = Number.POSITIVE_INFINITY
  #ceilingUntil = 0
  /** Attempts that started before this moment do not count, because the number of connections was different. */
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

  /** The current phase. While the tuner searches for the best number of connections, parts should be short. */
  get phase(): Phase['kind'] {
    return this.#phase.kind
  }

  /** Discards the current measurement, because it was not typical. */
  #discardMeasurement(now: number): void {
    this.#since = now
    this.#seen = { bytes: 0, ms: 0, attempts: 0, broken: 0, throttled: 0 }
  }

  /** The network's throughput, bytes per millisecond; `undefined` during the climb. */
  get settledRate(): number | undefined {
    return this.#phase.kind === 'climbing' ? undefined : this.#before
  }

  /** Starts the search again from the current number, because the network has changed. */
  searchAgain(now: number, rate: number): void {
    this.#before = rate
    this.#isScarce = false
    this.#restMs = rest.min
    this.#phase = { kind: 'climbing' }
    this.#climbTo(now, this.#target * 2)
  }

  /** @param active connections that were in use when the attempt ended, including its own */
  attemptEnded(attempt: Attempt, active: number): void {
    if (this.#limits.min === this.#limits.max || attempt.startedAt < this.#since) return
    const seen = this.#seen
    seen.attempts++
    seen.bytes += attempt.bytes
    seen.ms += attempt.endedAt - attempt.startedAt
    if (attempt.outcome === 'broken') seen.broken++
    if (attempt.outcome === 'throttled') seen.throttled++
    const now = attempt.endedAt
    // More connections than the target are still working, so this would measure a larger number.
    if (active > this.#target && attempt.outcome !== 'throttled') {
      this.#discardMeasurement(now)
      return
    }
    // A single refusal is normal on every network.
    if (seen.throttled >= Math.max(2, this.#target / 8)) this.#backOff(now, 0.8)
    else if (this.#hasSeenEnough()) {
      const rate = (seen.bytes / Math.max(1, seen.ms)) * this.#target
      // With fewer connections in use than the target, this would measure a smaller number.
      if (active >= this.#target) this.#judge(now, rate, seen.broken / seen.attempts)
      else this.#discardMeasurement(now)
    }
  }

  #hasSeenEnough(): boolean {
    const { attempts, ms, broken } = this.#seen
    // While each step gains as much as possible, a few answers are enough. They come from the older connections:
    // new ones need several round trips to become fast.
    const isSure = this.#phase.kind === 'climbing' && this.#isScarce
    const enough = Math.max(4, Math.ceil(this.#target / (isSure ? 4 : 2)))
    // Broken attempts end sooner than others, so the first attempts that end are not typical.
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
    // The gain is 1 if twice the connections gave twice the throughput, and 0 if they gave no more.
    const gain = before === undefined ? undefined : (rate / before - 1) / (current / from - 1)
    if (gain !== undefined && gain < worth) {
      if (this.#areTooMany(brokenShare)) this.#forbid(now, current)
      else this.#isScarce = false
      // `#before` keeps the throughput of the smaller number, so that the next trial with fewer connections is
      // compared with it.
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
    // After a doubling that doubled the throughput, the steps are larger, because each step costs time.
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
    const isDown = this.#target < phase.baseline
    if (isDown) this.#usualBreaks = Math.min(brokenShare, usualMax)
    if (rate >= (this.#before ?? 0) * phase.pays) {
      // After a step down, `#before` stays: otherwise many small losses would add up.
      if (!isDown) {
        this.#isScarce =
          rate / (this.#before ?? rate) - 1 > proportional * (this.#target / phase.baseline - 1)
        this.#before = rate
      }
      if (this.#target > this.#ceiling) this.#ceiling = this.#target
      this.#restMs = rest.min
      this.#isDownNext = isDown
      this.#settle(now, this.#target)
    } else {
      this.#restMs = Math.min(rest.max, this.#restMs * 1.5)
      this.#isDownNext = !isDown
      // The next trial goes at most half as far, because each such trial breaks connections and loses their bytes.
      if (!isDown && this.#areTooMany(brokenShare)) {
        this.#forbid(now, Math.ceil((phase.baseline + this.#target) / 2))
      }
      if (isDown) {
        const loss = 1 - rate / (this.#before ?? rate)
        this.#isScarce = loss > proportional * (1 - this.#target / phase.baseline)
      }
      this.#settle(now, phase.baseline)
    }
  }

  /** While settled: checks whether the network has changed, and whether it is time to try another number. */
  #watch(now: number, rate: number, until: number, brokenShare: number): void {
    const before = this.#before ?? rate
    const isOther = rate < before * changed.below || rate > before * changed.above
    if (!isOther) this.#noise += (Math.abs(rate / before - 1) - this.#noise) / 3
    if (isOther && brokenShare > breaksMost && this.#areTooMany(brokenShare)) {
      this.#backOff(now, 0.5)
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
      this.#discardMeasurement(now)
      return
    } else {
      this.#before = before + (rate - before) / 2
    }
    this.#try(now, brokenShare)
  }

  #try(now: number, brokenShare: number): void {
    const baseline = this.#target
    // If OSS has throttled before, the number grows slowly: a refusal costs more than a connection gains.
    const careful = Math.ceil(this.#ceiling * 1.1) + 1
    const more = Math.min(this.#most(now), Math.ceil(baseline * 1.5), careful)
    const fewer = Math.max(this.#limits.min, Math.floor(baseline * 0.75))
    const isTelling = !this.#isScarce && this.#noise < noiseMax
    const isWanted = isTelling && (this.#isDownNext || more <= baseline)
    const isPressing = this.#isDownNext && this.#areTooMany(brokenShare)
    const isDown = fewer < baseline && (isWanted || isPressing)
    const next = isDown ? fewer : more
    if (next === baseline) {
      this.#settle(now, baseline)
      return
    }
    // An additional connection has to gain a quarter of its share.
    const pays = isDown ? asGood : 1 + (next / baseline - 1) / 4
    this.#phase = { kind: 'trying', baseline, pays }
    this.#move(now, next)
  }

  /** True if many more attempts break than with fewer connections, so the number of connections is the reason. */
  #areTooMany(brokenShare: number): boolean {
    return brokenShare >= this.#usualBreaks + breaksMany
  }

  #backOff(now: number, share: number): void {
    const current = this.#target
    this.#forbid(now, current)
    this.#before = undefined
    this.#isDownNext = false
    this.#settle(now, Math.max(this.#limits.min, Math.floor(current * share)))
  }

  /**
   * Blocks this number of connections for some time, because it was too much for OSS or for a device in
   * between.
   */
  #forbid(now: number, tooMany: number): void {
    const isAgain = now < this.#ceilingUntil + this.#cooldownMs
    this.#cooldownMs = Math.min(cooldown.max, isAgain ? this.#cooldownMs * 2 : cooldown.min)
    this.#ceiling = Math.max(this.#limits.min, tooMany - 1)
    this.#ceilingUntil = now + this.#cooldownMs
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
    this.#discardMeasurement(now)
  }
}
