// What half of the seeds have beside the plain story: streams, other kinds of owner, and more to go by than
// one machine and its checkpoints. Drawn from chance of its own, so that the plain story of a seed stays
// what it was.

import type { Incident, PlannedRun, RunOptions } from './plan.ts'
import type { Dice } from './random.ts'
import { partSizeMin } from './small-limits.ts'

/** In addition to those that any seed may have. */
export const variedIncidents = ['waiter-leaves', 'equal-writer', 'others-upload'] as const

export interface Variation {
  /** The file is passed as a stream, with this information about its length. */
  readonly stream: 'known' | 'unknown' | 'hinted' | undefined
  /** What oss2 left of the upload before the story begins. */
  readonly oss2: { readonly partSize: number; readonly share: number } | undefined
  /** Callers in one process that want the same upload; one of them stays to the end. */
  readonly waiters: number
}

/** Faults of a run in addition to its incidents. */
export interface VariedRun {
  /** On the other machine, which has checkpoints of its own. */
  readonly elsewhere: boolean
  /** A person deletes the checkpoints of its machine before it. */
  readonly losesCheckpoint: boolean
  /** The producer of the stream dies after this share of it; 1: it does not. */
  readonly cutOff: number
  /** The next run gets another source than this run. */
  readonly changesAfter: boolean
}

export const plainRun: VariedRun = {
  elsewhere: false,
  losesCheckpoint: false,
  cutOff: 1,
  changesAfter: false,
}
export const plain: Variation = { stream: undefined, oss2: undefined, waiters: 1 }

interface Drawn {
  readonly variation: Variation
  readonly runs: readonly PlannedRun[]
  readonly lastOptions: RunOptions
}

export function addVariations(
  dice: Dice,
  size: number,
  drawn: Pick<Drawn, 'runs' | 'lastOptions'>,
): Drawn {
  if (dice.chance(0.5)) return { ...drawn, variation: plain }
  const stream = dice.chance(0.3) ? dice.pick(['known', 'unknown', 'hinted'] as const) : undefined
  const oss2 =
    stream === undefined && size > 2 * partSizeMin && dice.chance(0.2)
      ? { partSize: Math.round(dice.log(partSizeMin, 4 * partSizeMin)), share: dice.next() }
      : undefined
  const waiters = stream === undefined && dice.chance(0.3) ? dice.pick([2, 3]) : 1
  const change: Partial<RunOptions> = {
    // A stream is cut into parts of 8 MiB with auto, which is out of proportion here.
    ...(dice.chance(0.25) && stream === undefined ? { partSize: 'auto' as const } : {}),
    ...(dice.chance(0.25) ? { concurrency: 'auto' as const } : {}),
    adopt: dice.pick([false, true, true, 'force'] as const),
    ...(dice.chance(0.3) ? { wait: true } : {}),
  }
  const moves = dice.chance(0.3)
  const forgets = dice.chance(0.3)
  const happens = variedIncidents.filter(
    what => dice.chance(0.3) && (what !== 'waiter-leaves' || waiters > 1),
  )
  const runs = drawn.runs.map((run): PlannedRun => {
    const more = happens
      .filter(() => dice.chance(0.7))
      .map((what): { at: number; what: Incident } => ({
        at: Math.round(dice.log(1, 40 + size / 8)),
        what,
      }))
    return {
      ...run,
      options: { ...run.options, ...change },
      incidents: [...run.incidents, ...more].sort((a, b) => a.at - b.at),
      // Sixteen minutes later an upload is old enough to be taken over.
      pauseMs: dice.chance(0.2) ? 960_000 : run.pauseMs,
      variation: {
        elsewhere: moves && dice.chance(0.4),
        losesCheckpoint: forgets && dice.chance(0.5),
        cutOff: stream !== undefined && dice.chance(0.5) ? dice.next() : 1,
        changesAfter: false,
      },
    }
  })
  return {
    runs: stream === undefined ? runs : runs.map(run => changeAfter(dice, run)),
    lastOptions: { ...drawn.lastOptions, ...change },
    variation: { stream, oss2, waiters },
  }
}

/** A producer that is asked again often says something else, most of it as before. */
function changeAfter(dice: Dice, run: PlannedRun): PlannedRun {
  return { ...run, variation: { ...run.variation, changesAfter: dice.chance(0.4) } }
}
