// What the file system of a file means for us: does a file keep its inode number while it stays the same file?
// FAT, most of FUSE, SMB and 9p make numbers up and change them with the next mount. That would look like
// another file, and all confirmed parts would be hashed again. Where a stable number is not certain, it is
// left out: a file that took another's place shows in its ctime.

import { statfs } from 'node:fs/promises'
import { knownFileSystem } from '../platform/known-file-systems.ts'

export interface FileSystem {
  readonly hasStableInodes: boolean
}

/**
 * For an unknown file system the worse is assumed. On macOS the local default, APFS, has stable inodes, but
 * nothing tells it from a network quickly. Windows has no quick way to tell NTFS from the rest.
 */
async function fileSystemOf(path: string): Promise<FileSystem> {
  if (process.platform !== 'linux') return { hasStableInodes: process.platform !== 'win32' }
  try {
    const known = knownFileSystem((await statfs(path)).type)
    return { hasStableInodes: known?.hasStableInodes ?? false }
  } catch {
    return { hasStableInodes: false }
  }
}

/** The file systems of files, by their device; each is asked once. */
export class FileSystems {
  readonly #byDevice = new Map<bigint, Promise<FileSystem>>()

  /** @param path of a file on the device */
  of(path: string, device: bigint): Promise<FileSystem> {
    let answer = this.#byDevice.get(device)
    if (answer === undefined) {
      answer = fileSystemOf(path)
      this.#byDevice.set(device, answer)
    }
    return answer
  }
}
