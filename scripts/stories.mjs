// Plays stories: the real command against a file that is edited, with kills, damaged checkpoints and faults of
// the server, as a seed draws them. `npm run stories -- --seeds 1000`, or one again with `--story SEED`. What
// happens is the seed's; at which instruction a process is hit is the machine's own.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuild, ensureDependencies, root } from './setup.mjs'

ensureDependencies()
ensureBuild()
const { buildSync } = await import('esbuild')
const outfile = join(root, 'node_modules', `.stories-${process.pid}.mjs`)
try {
  buildSync({
    absWorkingDir: root,
    entryPoints: ['test/stories/command.ts'],
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
