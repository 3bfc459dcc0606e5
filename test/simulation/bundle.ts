// The simulation as one file: the engine and the server as they are, but for OSS's limits in miniature and,
// if asked for, a bug that is planted into the engine's source on its way.

import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** A change to the engine that the simulation has to find. */
export interface PlantedBug {
  /** What somebody might have thought. */
  readonly name: string
  readonly edits: readonly {
    /** From the root of the repository. */
    readonly file: string
    /** Text that is there exactly once. */
    readonly replace: string
    readonly by: string
  }[]
}

/**
 * Writes the bundle of an entry in this folder to `outfile`.
 * @param root the folder of package.json
 */
export async function bundleSimulation(
  root: string,
  entry: string,
  outfile: string,
  bug?: PlantedBug,
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
    plugins: [smallLimits(root), plant(root, bug)],
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

function plant(root: string, bug: PlantedBug | undefined): Plugin {
  const edits = bug?.edits ?? []
  return {
    name: 'planted bug',
    setup({ onLoad }) {
      if (edits.length === 0) return
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const file = relative(root, path).replaceAll('\\', '/')
        const own = edits.filter(edit => edit.file === file)
        if (own.length === 0) return undefined
        let contents = await readFile(path, 'utf8')
        for (const { replace, by } of own) {
          const pieces = contents.split(replace)
          if (pieces.length !== 2) {
            throw new Error(
              `'${bug?.name}' cannot be planted: ${file} has ${pieces.length - 1} times: ${replace}`,
            )
          }
          contents = pieces.join(by)
        }
        return { contents, loader: 'ts' }
      })
    },
  }
}
