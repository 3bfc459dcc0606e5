// Directories whose entries survive a power cut. On POSIX systems, a new, renamed or removed name is durable once
// its directory is synced. Windows has no such call, but NTFS journals names itself.

import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withDescriptor } from './descriptors.ts'

/**
 * Creates a directory and its missing parents, for this user only. An existing directory stays as it is.
 * Node's own recursive `mkdir` is not used, because it never returns where no directory can be created, such
 * as below /proc.
 */
export async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return
  const parent = dirname(path)
  if (parent !== path) await makeDirectory(parent)
  try {
    await mkdir(path, 0o700)
  } catch (error) {
    // Another process may have created the directory in the meantime.
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
