import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeFailure } from './command.ts'
import { incidents, networkFaults } from './plan.ts'
import { simulate } from './simulate.ts'
import { variedIncidents } from './variation.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('5,000 stories without a violation, in which everything happens', {
  timeout: 900_000,
}, async () => {
  const summary = await simulate({ root, from: 1, seeds: 5000, workers: 2 })
  expect(summary.failures.map(failure => describeFailure(failure)).join('\n')).toBe('')
  expect(summary.seeds).toBe(5000)
  for (const what of ['adopted', 'checkpoint lost', 'incident cut-off', 'stream changed']) {
    expect(summary.tally[what]).toBeGreaterThan(20)
  }
  for (const fault of networkFaults) expect(summary.tally[`fault ${fault}`]).toBeGreaterThan(50)
  for (const what of [...incidents, ...variedIncidents])
    expect(summary.tally[`incident ${what}`]).toBeGreaterThan(50)
})
