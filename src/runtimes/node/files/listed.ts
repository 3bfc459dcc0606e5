// The files of a folder that a list names. The folder itself is not searched.

import { join, relative, resolve, sep } from 'node:path'
import type { Found } from '../../../batch/found.ts'
import { OptionError, SourceError } from '../../../errors.ts'
import { lookAt, lookAtName } from './file-calls.ts'
import { foundFile } from './found-file.ts'
import { realPathOf } from './real-path.ts'
import { sourceFault } from './source-fault.ts'
import { kindOf, type WalkOptions } from './walk.ts'

/**
 * Turns paths into paths below the folder, separated by `/`, without duplicates.
 * @param paths absolute, or relative to the folder
 * @throws {OptionError} `INVALID_FILES_FROM` for a path outside the folder
 */
export function pathsInFolder(folder: string, paths: readonly string[]): readonly string[] {
  const below = paths.map(path => {
    const inside = relative(resolve(folder), resolve(folder, path))
    if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
      throw new OptionError('INVALID_FILES_FROM', `${path} is not in the folder ${folder}`, {
        hint: 'filesFrom names files in the source folder: choose a folder that holds all of them',
      })
    }
    return inside.split(sep).join('/')
  })
  return [...new Set(below)].filter(path => path !== '')
}

/** @param below the paths from `pathsInFolder`, in the order of keys */
export async function* listedFiles(
  folder: string,
  below: readonly string[],
  { prefix, selection, followLinks, leftOut, systems }: WalkOptions,
): AsyncGenerator<Found> {
  const skipped = new Set(leftOut)
  const look = followLinks ? lookAt : lookAtName
  for (const one of below) {
    if (!selection.hasFile(one)) continue
    const path = join(folder, one)
    const key = prefix + one
    try {
      const stats = await look(path)
      if (skipped.size > 0 && skipped.has(await realPathOf(path))) continue
      const reason = kindOf(stats)
      if (reason !== 'file') yield { kind: 'other', path, key, reason }
      else {
        const system = await systems.of(path, stats.dev)
        yield foundFile(path, key, stats, system, systems)
      }
    } catch (error) {
      const fault = sourceFault(error, path)
      if (!(fault instanceof SourceError)) throw fault
      yield { kind: 'fault', path, key, error: fault }
    }
  }
}
