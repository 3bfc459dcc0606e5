// Collects facts about a folder without writing into it.

import { rmdir, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { knownFileSystem } from '../../runtimes/node/platform/known-file-systems.ts'
import type { FolderReport } from './world.ts'

export async function lookAtFolder(path: string): Promise<FolderReport> {
  const missing: string[] = []
  let nearest = path
  while (!(await exists(nearest)) && dirname(nearest) !== nearest) {
    missing.unshift(nearest)
    nearest = dirname(nearest)
  }
  const { mode } = await stat(nearest)
  const space = await statfs(nearest).catch(() => undefined)
  const fileSystem = space === undefined ? undefined : knownFileSystem(space.type)?.name
  return {
    missing,
    ...(space !== undefined && { freeBytes: space.bavail * space.bsize }),
    ...(fileSystem !== undefined && { fileSystem }),
    ...(missing.length === 0 && process.platform !== 'win32' && { mode: mode & 0o777 }),
    async removeMissing() {
      for (const folder of [...missing].reverse()) {
        // Another process may have put files into it. Then `rmdir` fails and the folder stays.
        await rmdir(folder).catch(() => {})
      }
    },
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
