// `npm run stories`: as many stories as one likes, or one of them in full.

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { plantedBugs } from './planted-bugs.ts'
import { buildPlanted } from './planted-command.ts'
import { type Outcome, playStory, type Stage } from './story.ts'

const usage = `npm run stories -- [options]
  --seeds N     play N stories (100)
  --from N      from this seed on (1)
  --story SEED  play this one and print its steps
  --workers N   stories at a time (as many as there are cores)
  --tally       print how often each thing came up
  --bug NAME    with a planted bug; stops at the first story that finds it. Bugs: ${plantedBugs.map(({ name }) => name).join(', ')}
  --bugs        each planted bug in turn: passed are those that are found`

/** @returns the exit code */
export async function main(args: readonly string[], root: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      story: { type: 'string' },
      workers: { type: 'string', default: String(availableParallelism()) },
      tally: { type: 'boolean', default: false },
      bug: { type: 'string' },
      bugs: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const chosen = plantedBugs.filter(({ name }) => values.bugs || name === values.bug)
  if (values.bug !== undefined && chosen.length === 0) {
    console.error(`There is no bug '${values.bug}'.\n${usage}`)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'ossup-stories-'))
  // All processes share the compiled code.
  const env = { XDG_CACHE_HOME: join(folder, 'cache') }
  try {
    const [from, seeds] = values.story
      ? [Number(values.story), 1]
      : [Number(values.from), Number(values.seeds)]
    const share = {
      from,
      seeds,
      workers: Number(values.workers),
      tells: values.story !== undefined,
    }
    if (chosen.length === 0) {
      const bin = join(root, 'dist', 'cli', 'bin.js')
      return await report(await play({ ...share, stage: { bin, env } }), values.tally)
    }
    const bin = await buildPlanted(root, join(folder, 'planted'), chosen)
    let missed = 0
    for (const { name } of chosen) {
      const stage = { bin, env: { ...env, OSSUP_PLANTED_BUG: name } }
      const outcomes = await play({ ...share, stage, failuresMax: 1, isQuiet: !share.tells })
      const found = outcomes.find(({ faults }) => faults.length > 0)
      if (found === undefined) missed++
      const where = `by story ${found?.seed}, after ${outcomes.length}: ${found?.faults[0]}`
      console.log(`${name}: ${found === undefined ? 'NOT FOUND' : `found ${where}`}`)
    }
    console.log(`${chosen.length - missed} passed, ${missed} failed`)
    return missed === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Share {
  readonly from: number
  readonly seeds: number
  readonly workers: number
  readonly stage: Stage
  /** @default Infinity */
  readonly failuresMax?: number
  /** Prints the steps of every story. */
  readonly tells: boolean
  /** Does not even print those of failing ones. */
  readonly isQuiet?: boolean
}

async function play(share: Share): Promise<readonly Outcome[]> {
  const {
    from,
    seeds,
    workers,
    stage,
    failuresMax = Number.POSITIVE_INFINITY,
    tells,
    isQuiet,
  } = share
  const outcomes: Outcome[] = []
  let next = from
  let failures = 0
  const work = async () => {
    while (next < from + seeds && failures < failuresMax) {
      const outcome = await playStory(next++, stage)
      outcomes.push(outcome)
      const isFailed = outcome.faults.length > 0
      if (isFailed) failures++
      if (tells || (isFailed && !isQuiet)) console.log(describe(outcome))
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return outcomes
}

/** @returns the exit code */
function report(outcomes: readonly Outcome[], withTally: boolean): number {
  const tally = new Map<string, number>()
  for (const outcome of outcomes) {
    for (const [what, times] of outcome.tally) tally.set(what, (tally.get(what) ?? 0) + times)
  }
  const counts = [...tally].sort(([a], [b]) => (a < b ? -1 : 1))
  if (withTally)
    for (const [what, times] of counts) console.log(`${String(times).padStart(8)}  ${what}`)
  const failed = outcomes.filter(({ faults }) => faults.length > 0).length
  const figure = (what: string) => `${tally.get(what) ?? 0} ${what}`
  console.log([figure('runs'), figure('killed'), figure('versions of the file')].join(', '))
  console.log(`${outcomes.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

function describe({ seed, faults, steps }: Outcome): string {
  return [
    `story ${seed}${faults.length > 0 ? ' FAILED' : ''}`,
    ...steps.map(step => `  ${step}`),
    ...faults.map(fault => `  FAULT: ${fault}`),
    `  replay: npm run stories -- --story ${seed}`,
  ].join('\n')
}
