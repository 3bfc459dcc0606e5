// Opens files of the data folder for this user only, and never through a symbolic link, which could lead out of the
// folder.

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** A flag for every open: do not follow symbolic links. Windows does not have it. */
export const noFollow = constants.O_NOFOLLOW ?? 0

/** Opens a file for reading and writing. Creates it if absent, and removes other users' access. */
export async function openPrivate(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | noFollow, 0o600)
  try {
    if (((await file.stat()).mode & 0o077) !== 0) await file.chmod(0o600)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}
