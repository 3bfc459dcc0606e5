// Runs `npm run simulate`: many seeds, or one seed with all details.

import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleSimulation } from './bundle.ts'
import { type KnownBug, plantedBugs } from './planted-bugs.ts'
import { rareStories } from './rare-stories.ts'
import type { Failure } from './run-seeds.ts'
import { simulate } from './simulate.ts'

const usage = `npm run simulate -- [options]
  --seeds N     run N seeds (5000)
  --from S      from this seed on (1)
  --seed S      run this seed; with --trace, print all its events
  --workers N   number of threads (all cores)
  --tally       print how often each fault and each result occurred
  --plant NAME  with a bug: ${plantedBugs.map(({ name }) => name).join(', ')}`

/** @returns the exit code */
export async function main(args: readonly string[], root: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '5000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      workers: { type: 'string', default: String(availableParallelism()) },
      tally: { type: 'boolean', default: false },
      plant: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const bug = plantedBugs.find(({ name }) => name === values.plant)
  if (values.plant !== undefined && bug === undefined) {
    console.error(`There is no bug '${values.plant}'.\n${usage}`)
    return 2
  }
  if (values.seed !== undefined) return tell(root, Number(values.seed), values.trace, bug)

  const summary = await simulate({
    root,
    from: Number(values.from),
    seeds: Number(values.seeds),
    workers: Number(values.workers),
    bug,
    story: bug?.story,
    ...(bug === undefined ? {} : { failuresMax: 1 }),
  })
  const seconds = summary.wallMs / 1000
  for (const failure of summary.failures) console.log(describeFailure(failure, values.plant))
  if (values.tally) {
    for (const [what, times] of Object.entries(summary.tally).sort()) {
      console.log(`${String(times).padStart(9)}  ${what}`)
    }
  }
  const rate = (summary.seeds / seconds).toFixed(0)
  console.log(
    `${summary.seeds} seeds, ${summary.failures.length} with violations, ${seconds.toFixed(1)} s, ${rate} seeds/s`,
  )
  return summary.failures.length === 0 ? 0 : 1
}

/** What was violated, and the one command that replays it. */
export function describeFailure({ seed, violations }: Failure, plant?: string): string {
  const lines = violations.slice(0, 5).map(({ rule, what }) => `  ${rule}: ${what}`)
  const planted = plant === undefined ? '' : ` --plant '${plant}'`
  return [
    `seed ${seed}`,
    ...lines,
    `  replay: npm run simulate -- --seed ${seed} --trace${planted}`,
  ].join('\n')
}

async function tell(
  root: string,
  seed: number,
  keepsTrace: boolean,
  bug: KnownBug | undefined,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ossup-simulation-'))
  try {
    const file = join(folder, 'run-seeds.mjs')
    await bundleSimulation(root, 'run-seeds.ts', file, bug === undefined ? [] : [bug])
    const { runSeed }: typeof import('./run-seeds.ts') = await import(pathToFileURL(file).href)
    globalThis.plantedBug = bug?.name
    const { trace, digest, violations } = await runSeed(seed, {
      keepsTrace,
      ...(bug?.story !== undefined && { change: rareStories[bug.story] }),
    })
    for (const line of trace) console.log(line)
    console.log(`seed ${seed}, trace digest ${digest}`)
    for (const { rule, what } of violations) console.log(`VIOLATION ${rule}: ${what}`)
    return violations.length === 0 ? 0 : 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
