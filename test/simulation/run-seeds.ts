// Plays many seeds, one after the other, and sums up. The entry of the simulation's bundle.

import { setMaxListeners } from 'node:events'
import { type RareStory, rareStories } from './rare-stories.ts'
import { type Outcome, runSeed } from './run-seed.ts'

export { runSeed } from './run-seed.ts'

// Every simulated request and pause listens to the signal of its upload; that is no leak.
setMaxListeners(0)

export interface Failure {
  readonly seed: number
  readonly violations: Outcome['violations']
}

export interface Summary {
  readonly seeds: number
  readonly failures: readonly Failure[]
  /** How often each fault, incident and ending came up. */
  readonly tally: Readonly<Record<string, number>>
  readonly wallMs: number
}

export interface Share {
  readonly from: number
  readonly seeds: number
  /** Every how many seeds one is ours: several workers share a range. @default 1 */
  readonly step?: number
  /** Stops after this many failures. @default 10 */
  readonly failuresMax?: number
  /** Name of the planted bug that is switched on. @default none */
  readonly bug?: string | undefined
  /** Each seed plays this kind of story. @default what it draws */
  readonly story?: RareStory | undefined
}

declare global {
  var plantedBug: string | undefined
}

export async function runSeeds({
  from,
  seeds,
  step = 1,
  failuresMax = 10,
  bug,
  story,
}: Share): Promise<Summary> {
  const begunAt = performance.now()
  const failures: Failure[] = []
  const tally: Record<string, number> = {}
  let count = 0
  const options = story === undefined ? {} : { change: rareStories[story] }
  globalThis.plantedBug = bug
  try {
    for (let seed = from; seed < from + seeds && failures.length < failuresMax; seed += step) {
      const outcome = await runSeed(seed, options)
      count++
      if (outcome.violations.length > 0) failures.push({ seed, violations: outcome.violations })
      for (const [what, times] of outcome.tally) tally[what] = (tally[what] ?? 0) + times
    }
  } finally {
    globalThis.plantedBug = undefined
  }
  return { seeds: count, failures, tally, wallMs: performance.now() - begunAt }
}
