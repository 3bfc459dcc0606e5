import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { plantedBugs } from './planted-bugs.ts'
import { simulate } from './simulate.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test.each(plantedBugs)(
  'is found within $within seeds: $name (rule $rule)',
  { timeout: 600_000 },
  async bug => {
    const summary = await simulate({
      root,
      from: 1,
      seeds: bug.within,
      workers: 1,
      bug,
      failuresMax: 1,
    })
    expect(summary.failures.length).toBe(1)
  },
)
