// Plays the simulation: `npm run simulate -- --seeds 100000`, or one seed with `--seed S --trace`. The
// simulation is TypeScript, so its command is bundled first, next to the packages that it needs.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureDependencies, root } from './setup.mjs'

ensureDependencies()
const { buildSync } = await import('esbuild')
const outfile = join(root, 'node_modules', `.simulate-${process.pid}.mjs`)
try {
  buildSync({
    absWorkingDir: root,
    entryPoints: ['test/simulation/command.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  const { main } = await import(pathToFileURL(outfile).href)
  process.exitCode = await main(process.argv.slice(2), root)
} finally {
  rmSync(outfile, { force: true })
}
