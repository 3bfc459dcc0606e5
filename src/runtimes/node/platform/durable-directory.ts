// Directories whose entries survive a power cut. On POSIX a new, renamed or removed name is safe once
// its directory is synced; Windows has no such call, and NTFS journals its names by itself.

import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withDescriptor } from './descriptors.ts'

/**
 * Makes the directory and what leads to it, for this user alone. One that exists is left as it is.
 * Not by Node's own recursive `mkdir`, which never returns where nothing can be made, as below /proc.
 */
export async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return
  const parent = dirname(path)
  if (parent !== path) await makeDirectory(parent)
  try {
    await mkdir(path, 0o700)
  } catch (error) {
    // Another process may have been faster.
    if (await isDirectory(path)) return
    throw error
  }
  await syncDirectory(parent)
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await withDescriptor(() => open(path, 'r'))
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
