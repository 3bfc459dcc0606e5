// The remaining time, in coarse steps. The shown time changes only when the estimate is clearly outside the shown
// step.

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** The step sizes, each with the limit up to which it applies. */
const steps: readonly (readonly [upTo: number, step: number])[] = [
  [30 * second, 5 * second],
  [minute, 10 * second],
  [10 * minute, minute],
  [hour, 5 * minute],
  [5 * hour, 15 * minute],
  [2 * day, hour],
  [Number.POSITIVE_INFINITY, day],
]

/** Below this limit, seconds are not counted. */
const fewSeconds = 6 * second

export class TimeLeft {
  #shown: number | undefined

  /** The words for an estimate. They stay the same while the estimate is close. `undefined` resets the state. */
  text(remainingMs: number | undefined): string | undefined {
    if (remainingMs === undefined) {
      this.#shown = undefined
      return undefined
    }
    if (!this.#stillFits(remainingMs)) this.#shown = rounded(remainingMs)
    return words(this.#shown ?? 0)
  }

  /** True while the estimate is within the shown step or only slightly outside it. */
  #stillFits(remainingMs: number): boolean {
    const shown = this.#shown
    if (shown === undefined) return false
    const step = stepOf(shown)
    if (shown === 0) return remainingMs < 2 * fewSeconds
    if (remainingMs < fewSeconds) return false
    return remainingMs > shown - 1.15 * step && remainingMs < shown + 0.5 * step
  }
}

function stepOf(ms: number): number {
  return steps.find(([upTo]) => ms <= upTo)?.[1] ?? day
}

/** Rounds up to a whole step, so as not to promise too much. 0 means a few seconds. */
function rounded(ms: number): number {
  if (ms < fewSeconds) return 0
  return Math.ceil(ms / stepOf(ms)) * stepOf(ms)
}

function words(ms: number): string {
  if (ms === 0) return 'a few seconds left'
  return `about ${duration(ms)} left`
}

function duration(ms: number): string {
  if (ms < minute) return `${ms / second} s`
  if (ms < hour) return `${Math.round(ms / minute)} min`
  if (ms < 2 * day) {
    const minutes = Math.round((ms % hour) / minute)
    return `${Math.floor(ms / hour)} h${minutes === 0 ? '' : ` ${minutes} min`}`
  }
  return `${Math.round(ms / day)} days`
}
