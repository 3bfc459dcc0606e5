// Gives the engine damaged journals, wrong answers and wrong clocks: `node scripts/fuzz.mjs --seeds 1000`.
// A finding names its seed: `--from S --seeds 1` plays it again.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureDependencies, root } from './setup.mjs'

ensureDependencies()
const { buildSync } = await import('esbuild')
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
  },
})
const outfile = join(root, 'node_modules', `.fuzz-${process.pid}.mjs`)
try {
  buildSync({
    absWorkingDir: root,
    entryPoints: ['test/fuzz/fuzz.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  const { fuzz } = await import(pathToFileURL(outfile).href)
  const startedAt = performance.now()
  const found = await fuzz(Number(values.from), Number(values.seeds))
  for (const { kind, seed, error } of found)
    console.log(`${kind}, seed ${seed}: ${error?.stack ?? error}`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${values.seeds} seeds, ${found.length} findings, ${seconds} s`)
  process.exitCode = found.length === 0 ? 0 : 1
} finally {
  rmSync(outfile, { force: true })
}
