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
  'is found by its seed: $name (rule $rule)',
  async ({ name, seed, story, within }) => {
    const { failures } = await simulation.runSeeds({ from: seed, seeds: 1, bug: name, story })
    const search = `npm run simulate -- --plant '${name}' --seeds ${within}`
    expect(
      failures.length,
      `The story of seed ${seed} is another now. Find a new one: ${search}`,
    ).toBe(1)
  },
)

test('while all bugs are switched off, the same seeds violate nothing', async () => {
  for (const { seed, story } of plantedBugs) {
    const { failures } = await simulation.runSeeds({ from: seed, seeds: 1, story })
    expect(failures.map(failure => describeFailure(failure)).join('\n')).toBe('')
  }
})
