import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What `npm test` runs, without `slow`. `npm run test:all` runs the rest as well. */
const quick = [
  'test/{unit,conformance,fuzz,types}/**/*.test.ts',
  'test/simulation/{stories,planted-bugs}.test.ts',
  'test/e2e/smoke.test.ts',
]

/**
 * Files of these folders that take long. They run in processes: a thread has no working folder of its own, and Node.js
 * warns of FIFOs that a thread opens. The stories of the simulation cover the same rules in `npm test`.
 */
const slow = [
  'test/conformance/contract/{changed-source,completing,permissions,resuming,streams}.test.ts',
  'test/unit/cli/prove/clean-up.test.ts',
  'test/unit/property/public-functions.test.ts',
]

/** Files in random order, but large ones first: one that starts last would run alone. */
class LargeFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const random = seeded(this.ctx.config.sequence.seed)
    const large = 20_000
    const ranked = files.map(file => ({
      file,
      rank: random() - (statSync(file.moduleId).size > large ? 1 : 0),
    }))
    return ranked.sort((a, b) => a.rank - b.rank).map(({ file }) => file)
  }
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export default defineConfig({
  test: {
    sequence: { shuffle: { files: false, tests: true }, sequencer: LargeFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'threads',
    // A thread runs many files, one after the other: to load the engine takes longer than most files.
    // `test/unit/tidy/` checks that they share no hooks.
    isolate: false,
    // One more than cores: some tests wait for the disk or for another process.
    maxWorkers: availableParallelism() + 1,
    // Commands that tests start write nothing to the user's cache folder.
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    projects: [
      { extends: true, test: { name: 'quick', include: quick, exclude: slow } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.ts'],
          exclude: [...quick, 'test/environments/**'],
          globalSetup: 'scripts/install-peers.mjs',
        },
      },
      { extends: true, test: { name: 'rest, slow', include: slow, pool: 'forks' } },
    ],
  },
})
