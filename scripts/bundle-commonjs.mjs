// The library for `require`: one file for each entry point, with its dependencies, some of which are
// ECMAScript modules only. The declarations are copied, because their kind of module is that of the
// nearest package.json.

import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const entries = ['runtimes/node/index', 'server/index', 'testing/index']

/** @param library where the compiler has put the library */
export async function bundleCommonJs(root, library, folder) {
  for (const name of readdirSync(library, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    copyFileSync(join(library, name), join(folder, name))
  }
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(entries.map(name => [name, `src/${name}.ts`])),
    outdir: folder,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Less to read and to compile; names stay as they are, for stacks.
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  })
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
}
