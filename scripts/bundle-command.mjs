// The command as it is started. bin.js answers for the version and the help by itself; main.mjs and its chunks hold the
// commands with their dependencies, of which each run loads what it needs.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Writes it into `folder`. */
export async function bundleCommand(root, folder) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    define: { OSSUP_VERSION: JSON.stringify(version) },
    // Less to read and to compile; names stay as they are, for stacks.
    minifySyntax: true,
    minifyWhitespace: true,
  }
  const modules = { ...common, format: 'esm', splitting: true, outExtension: { '.js': '.mjs' } }
  await build({
    ...modules,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: folder,
    chunkNames: 'code/[name]-[hash]',
  })
  const descriptions = await descriptionsOf(modules, folder)
  // CommonJS: to load an ECMAScript module first takes Node.js 20 half as long again.
  await build({
    ...common,
    entryPoints: { bin: 'src/cli/bin.ts' },
    outdir: folder,
    format: 'cjs',
    plugins: [
      withText(/[/\\]cli[/\\]descriptions\.ts$/, `export const descriptions = ${descriptions}`),
      // What the commands do is never loaded from here.
      asFile(/^\.\/(?:main|commands\/[\w-]+)\.ts$|\/runtimes\/node\/index\.ts$/, './main.mjs'),
    ],
  })
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
  chmodSync(join(folder, 'bin.js'), 0o755)
}

/** What the commands say of themselves, as JSON: functions are left out of it, and the words remain. */
async function descriptionsOf(modules, folder) {
  const scratch = mkdtempSync(`${folder}-`)
  try {
    await build({ ...modules, entryPoints: ['src/cli/commands.ts'], outdir: scratch })
    const { commands } = await import(pathToFileURL(join(scratch, 'commands.mjs')).href)
    const described = {}
    for (const [name, { load }] of Object.entries(commands)) described[name] = await load()
    return JSON.stringify(described)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** Puts a text in place of a source file. */
function withText(filter, contents) {
  return {
    name: 'text',
    setup: ({ onLoad }) => onLoad({ filter }, () => ({ contents, loader: 'ts' })),
  }
}

/** Leaves an import to a file that is built by itself. */
function asFile(filter, path) {
  return {
    name: 'file',
    setup: ({ onResolve }) => onResolve({ filter }, () => ({ path, external: true })),
  }
}
