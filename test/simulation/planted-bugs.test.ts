import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleSimulation } from './bundle.ts'
import { describeFailure } from './command.ts'
import { plantedBugs } from './planted-bugs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
let simulation: typeof import('./run-seeds.ts')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossup-simulation-'))
  const file = join(folder, 'run-seeds.mjs')
  await bundleSimulation(root, 'run-seeds.ts', file, plantedBugs)
  simulation = await import(pathToFileURL(file).href)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(plantedBugs)(
  'is found within $within seeds: $name (rule $rule)',
  { timeout: 600_000 },
  async ({ name, seed, within }) => {
    const play = async (from: number, seeds: number) =>
      (await simulation.runSeeds({ from, seeds, failuresMax: 1, bug: name })).failures
    const known = await play(seed, 1)
    const failures = known.length > 0 ? known : await play(1, within)
    expect(failures.length).toBe(1)
    if (known.length > 0) return
    console.warn(`'${name}' is found by seed ${failures[0]?.seed} now: note it`)
  },
)

test('while all bugs are switched off, the same seeds violate nothing', async () => {
  for (const seed of new Set(plantedBugs.map(bug => bug.seed))) {
    const { failures } = await simulation.runSeeds({ from: seed, seeds: 1 })
    expect(failures.map(failure => describeFailure(failure)).join('\n')).toBe('')
  }
})
