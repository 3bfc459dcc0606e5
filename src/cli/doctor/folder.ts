// What can be told of a folder without writing into it.

import { rmdir, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FolderReport } from './world.ts'

/** Linux's numbers for the file systems that people meet; statfs(2). */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  801189825: 'zfs',
  2035054128: 'overlay',
  16914836: 'tmpfs',
  2240043254: 'tmpfs',
  26985: 'nfs',
  4266872130: 'smb',
  4283649346: 'smb',
  1702057286: 'fuse',
  16914839: '9p',
  19780: 'fat',
  538032816: 'exfat',
}

export async function lookAtFolder(path: string): Promise<FolderReport> {
  const missing: string[] = []
  let nearest = path
  while (!(await exists(nearest)) && dirname(nearest) !== nearest) {
    missing.unshift(nearest)
    nearest = dirname(nearest)
  }
  const { mode } = await stat(nearest)
  const space = await statfs(nearest).catch(() => undefined)
  const isKnown = space !== undefined && process.platform === 'linux'
  const fileSystem = isKnown ? fileSystems[space.type] : undefined
  return {
    missing,
    ...(space !== undefined && { freeBytes: space.bavail * space.bsize }),
    ...(fileSystem !== undefined && { fileSystem }),
    ...(missing.length === 0 && process.platform !== 'win32' && { mode: mode & 0o777 }),
    async removeMissing() {
      for (const folder of [...missing].reverse()) {
        // Somebody may have begun to use it: then it stays.
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
