import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { plantedBugs } from './planted-bugs.ts'
import { simulate } from './simulate.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test.each(plantedBugs)(
  'is found within $within seeds: $name (rule $rule)',
  { timeout: 600_000 },
  async ({ seed, within, ...bug }) => {
    const play = async (from: number, seeds: number) => {
      const setting = { root, from, seeds, workers: 1, failuresMax: 1 }
      return (await simulate({ ...setting, bug })).failures
    }
    const known = await play(seed, 1)
    const failures = known.length > 0 ? known : await play(1, within)
    expect(failures.length).toBe(1)
    if (known.length > 0) return
    console.warn(`'${bug.name}' is found by seed ${failures[0]?.seed} now: note it`)
  },
)
