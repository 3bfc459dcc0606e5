import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { shuffle: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // Commands that tests start keep nothing in the cache folder of whoever runs them.
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
  },
})
