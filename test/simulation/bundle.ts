// Bundles the simulation into one file: the engine and the server as they are, but with OSS's limits in
// miniature. On request, bugs are planted into the engine's source, each behind a switch.

import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** A change to the engine that the simulation has to find. */
export interface PlantedBug {
  /** What the author of the bug might have thought. */
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Code that occurs in the file exactly once. */
  readonly replace: string
  /** New code. `PLANTED` in it is true while the bug is switched on (`runSeeds`, option `bug`). */
  readonly by: string
}

/**
 * Writes the bundle of an entry in this folder to `outfile`.
 * @param root the folder of package.json
 * @param bugs planted, and switched off
 */
export async function bundleSimulation(
  root: string,
  entry: string,
  outfile: string,
  bugs: readonly PlantedBug[] = [],
): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [join('test', 'simulation', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    plugins: [smallLimits(root), plant(root, bugs)],
    logLevel: 'warning',
  })
}

function smallLimits(root: string): Plugin {
  const small = join(root, 'test', 'simulation', 'small-limits.ts')
  return {
    name: 'small limits',
    setup({ onResolve }) {
      onResolve({ filter: /\/limits\.ts$/ }, ({ importer }) =>
        importer === small ? undefined : { path: small },
      )
    },
  }
}

function plant(root: string, bugs: readonly PlantedBug[]): Plugin {
  return {
    name: 'planted bugs',
    setup({ onLoad }) {
      if (bugs.length === 0) return
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const file = relative(root, path).replaceAll('\\', '/')
        const own = bugs.filter(bug => bug.file === file)
        if (own.length === 0) return undefined
        const contents = own.reduce(
          (text, bug) => {
            return planted(text, bug, `(globalThis.plantedBug === ${JSON.stringify(bug.name)})`)
          },
          await readFile(path, 'utf8'),
        )
        return { contents, loader: 'ts' }
      })
    },
  }
}

/**
 * The source with the bug in it.
 * @param isOn code that is true while the bug is switched on
 */
export function planted(
  contents: string,
  { name, file, replace, by }: PlantedBug,
  isOn: string,
): string {
  const pieces = contents.split(replace)
  if (pieces.length !== 2) {
    const times = pieces.length - 1
    throw new Error(`'${name}' cannot be planted: ${file} has ${times} times: ${replace}`)
  }
  if (!by.includes('PLANTED')) throw new Error(`'${name}' has no switch: ${by}`)
  return pieces.join(by.replaceAll('PLANTED', isOn))
}
