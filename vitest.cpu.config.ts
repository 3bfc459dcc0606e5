import { defineConfig } from 'vitest/config'
export default defineConfig({
  test: {
    include: ['test/{unit,conformance,fuzz,types}/**/*.test.ts','test/simulation/{stories,planted-bugs}.test.ts','test/e2e/smoke.test.ts'], setupFiles: ['./cpu-setup.mjs'],
    setupFiles: ['./cpu-setup.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    server: {},
  },
})
