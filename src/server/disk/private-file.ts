// Files of the data folder: for this user alone, and never through a symbolic link, which could lead out of it.

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Added to the flags of every open. Windows does not have it. */
export const noFollow = constants.O_NOFOLLOW ?? 0

/** Opens a file to read and write, makes it if absent, and takes it from other users. */
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
