// `auto` beside a sweep of fixed settings and the defaults of other clients, on modelled lines and a
// virtual clock. Prints the table of docs/internals/performance.md. `npm run lines -- long far` does only those.

import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './setup.mjs'

// Inside the project, so that its dependencies are found.
const folder = mkdtempSync(join(root, 'node_modules', '.lines-'))
try {
  const outfile = join(folder, 'sweep.mjs')
  await build({
    entryPoints: [join(root, 'test', 'simulation', 'lines', 'sweep.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  const { compare, lineModels, tableHead, tableRow } = await import(pathToFileURL(outfile))
  const wanted = process.argv.slice(2)
  console.log(tableHead())
  for (const model of lineModels) {
    if (wanted.length > 0 && !wanted.includes(model.name)) continue
    console.log(tableRow(await compare(model)))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
