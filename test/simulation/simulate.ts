// Plays seeds on several threads at once and adds up what they tell.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { bundleSimulation, type PlantedBug } from './bundle.ts'
import type { RareStory } from './rare-stories.ts'
import type { Failure, Share, Summary } from './run-seeds.ts'

export interface Simulation {
  /** The folder of package.json. */
  readonly root: string
  readonly from: number
  readonly seeds: number
  /** Threads. */
  readonly workers: number
  readonly bug?: PlantedBug | undefined
  /** Each seed plays this kind of story. @default what it draws */
  readonly story?: RareStory | undefined
  /** A thread stops after this many failures. @default 10 */
  readonly failuresMax?: number
}

export async function simulate(simulation: Simulation): Promise<Summary> {
  const { root, from, seeds, workers, bug, story, failuresMax = 10 } = simulation
  const folder = await mkdtemp(join(tmpdir(), 'ossup-simulation-'))
  try {
    const file = join(folder, 'worker.mjs')
    await bundleSimulation(root, 'worker.ts', file, bug === undefined ? [] : [bug])
    const begunAt = performance.now()
    const shares = Array.from({ length: workers }, (_, index) =>
      play(file, {
        from: from + index,
        seeds: seeds - index,
        step: workers,
        failuresMax,
        bug: bug?.name,
        story,
      }),
    )
    const summaries = await Promise.all(shares)
    return { ...add(summaries), wallMs: performance.now() - begunAt }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function play(file: string, share: Share): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: share })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`A thread ended with ${code} before its seeds`)))
  })
}

function add(summaries: readonly Summary[]): Omit<Summary, 'wallMs'> {
  const tally: Record<string, number> = {}
  for (const summary of summaries) {
    for (const [what, times] of Object.entries(summary.tally)) {
      tally[what] = (tally[what] ?? 0) + times
    }
  }
  const bySeed = (a: Failure, b: Failure) => a.seed - b.seed
  return {
    seeds: summaries.reduce((sum, { seeds }) => sum + seeds, 0),
    failures: summaries.flatMap(({ failures }) => failures).sort(bySeed),
    tally,
  }
}
