// The command as it is started. bin.js answers for the version and the help by itself; main.js and its chunks hold the
// commands with their dependencies, of which each run loads what it needs.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, transform } from 'esbuild'

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
  const modules = { ...common, format: 'esm', splitting: true }
  await writeCommonJs({
    ...modules,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: folder,
    chunkNames: 'code/[name]-[hash]',
  })
  const descriptions = await descriptionsOf(modules, folder)
  await build({
    ...common,
    entryPoints: { bin: 'src/cli/bin.ts' },
    outdir: folder,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    plugins: [
      withText(/[/\\]cli[/\\]descriptions\.ts$/, `export const descriptions = ${descriptions}`),
      // What the commands do is never loaded from here.
      asFile(/^\.\/(?:main|commands\/[\w-]+)\.ts$|\/runtimes\/node\/index\.ts$/, './main.js'),
    ],
  })
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
  chmodSync(join(folder, 'bin.js'), 0o755)
}

/**
 * esbuild splits ECMAScript modules only; each chunk becomes CommonJS by itself. Node.js 20 loads that faster, and one
 * file after the other: modules are all opened at once, which takes more descriptors than some processes have.
 */
async function writeCommonJs(options) {
  const { outputFiles } = await build({ ...options, write: false })
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      supported: { 'dynamic-import': false },
      minifyWhitespace: true,
    })
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, code)
  }
}

/** What the commands say of themselves, as JSON: functions are left out of it, and the words remain. */
async function descriptionsOf(modules, folder) {
  const scratch = mkdtempSync(`${folder}-`)
  try {
    await build({
      ...modules,
      entryPoints: ['src/cli/commands.ts'],
      outdir: scratch,
      outExtension: { '.js': '.mjs' },
    })
    const { commands } = await import(pathToFileURL(join(scratch, 'commands.mjs')).href)
    const described = {}
    for (const [name, { load }] of Object.entries(commands)) described[name] = await load()
    return JSON.stringify(described)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** Replaces a source file with other source text. */
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
