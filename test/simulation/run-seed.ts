// Plays one seed from beginning to end.

import { drawPlan, type Plan } from './plan.ts'
import { play } from './scenario.ts'
import { describeFaults, type Violation, World } from './world.ts'

export interface Outcome {
  readonly seed: number
  readonly violations: readonly Violation[]
  /** The same for each play of the same seed. */
  readonly digest: string
  readonly tally: ReadonlyMap<string, number>
  /** With `keepsTrace`. */
  readonly trace: readonly string[]
}

/** Enough for any story of a bounded number of requests. */
const stepsMax = 200_000

/** @param change makes another plan of the drawn one, for tests that want a certain story */
export async function runSeed(
  seed: number,
  options: { keepsTrace?: boolean; change?: (plan: Plan) => Plan } = {},
): Promise<Outcome> {
  forgetUploads()
  const drawn = drawPlan(seed)
  const plan = options.change?.(drawn) ?? drawn
  const world = new World(plan, { keepsTrace: options.keepsTrace ?? false })
  const { runs, lastOptions, faults, unconfirmed, ...rest } = plan
  world.trace.note('plan', JSON.stringify(rest))
  world.trace.note('plan', `faults: ${describeFaults(faults) || 'none'}`)
  for (const { incidents } of runs) {
    world.trace.note(
      'plan',
      `run: ${incidents.map(({ at, what }) => `${what} at ${at}`).join(', ')}`,
    )
  }
  let isOver = false
  const onRejection = (error: unknown) => {
    if (!isOver) world.violate('promises', `unhandled rejection: ${describe(error)}`)
  }
  process.on('unhandledRejection', onRejection)
  try {
    const played = play(world)
      .catch((error: unknown) => world.violate('simulation', describe(error)))
      .finally(() => {
        isOver = true
      })
    const end = await world.time.drive(() => isOver, stepsMax)
    if (end === 'over') await played
    else world.violate('liveness', end === 'deadlock' ? 'nobody waits any more' : 'too many steps')
  } finally {
    isOver = true
    world.bury()
    await world.time.drive(() => false, 1000)
    process.off('unhandledRejection', onRejection)
  }
  return {
    seed,
    violations: world.violations,
    digest: world.trace.digest,
    tally: world.tally,
    trace: world.trace.lines ?? [],
  }
}

/** The map of running uploads belongs to the whole program. A story, with or without a bug, leaves none behind. */
function forgetUploads(): void {
  Reflect.deleteProperty(globalThis, Symbol.for('ossup.running.1'))
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
