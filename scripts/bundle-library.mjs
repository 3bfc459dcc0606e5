// The library in one file for each entry point, as ECMAScript modules for `import` and as CommonJS for `require`. Node.js opens
// all modules that a module imports at the same time: 190 of them took more descriptors than some processes have.

import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const entries = ['runtimes/node/index', 'server/index', 'testing/index']
/** For tools that read and write checkpoints; not part of the public interface. */
const inner = ['hash/crc64', 'journal/name']

/** Writes the modules beside the declarations that the compiler has put into `folder`. */
export async function bundleModules(root, folder) {
  await build({
    ...common(root, [...entries, ...inner]),
    outdir: folder,
    format: 'esm',
    packages: 'external',
  })
}

/**
 * One file for each entry point, with its dependencies, some of which are ECMAScript modules only. The declarations
 * are copied, because their kind of module is that of the nearest package.json.
 */
export async function bundleCommonJs(root, library, folder) {
  for (const name of readdirSync(library, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    copyFileSync(join(library, name), join(folder, name))
  }
  await build({
    ...common(root, entries),
    outdir: folder,
    format: 'cjs',
    // Less to read and to compile; names stay as they are, for stacks.
    minifySyntax: true,
    minifyWhitespace: true,
  })
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
}

function common(root, names) {
  return {
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map(name => [name, `src/${name}.ts`])),
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  }
}
