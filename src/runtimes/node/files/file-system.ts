// Decides whether a file system keeps the inode number of a file. FAT, most FUSE file systems, SMB and 9p invent
// inode numbers and change them with the next mount. The file would then look like another file, and all confirmed
// parts would be hashed again. Where stable numbers are not certain, the inode number is left out of the identity.
// A file that replaced another one is then recognised by its ctime.

import { statfs } from 'node:fs/promises'
import { knownFileSystem } from '../platform/known-file-systems.ts'

export interface FileSystem {
  readonly hasStableInodes: boolean
  /** True if its files are certainly on a disk of this machine. */
  readonly isLocal: boolean
}

/**
 * An unknown file system is assumed to have no stable inode numbers. APFS, the local default of macOS, has
 * them, but there is no quick way to distinguish it from a network file system. Windows has
 * no quick way to recognise NTFS either.
 */
async function fileSystemOf(path: string): Promise<FileSystem> {
  if (process.platform !== 'linux') {
    return { hasStableInodes: process.platform !== 'win32', isLocal: false }
  }
  try {
    const known = knownFileSystem((await statfs(path)).type)
    return {
      hasStableInodes: known?.hasStableInodes ?? false,
      isLocal: known?.reach === 'machine',
    }
  } catch {
    return { hasStableInodes: false, isLocal: false }
  }
}

/** The file systems by device. Each is examined once. */
export class FileSystems {
  readonly #byDevice = new Map<bigint, Promise<FileSystem>>()

  /** @param path the path of any file on the device */
  of(path: string, device: bigint): Promise<FileSystem> {
    let answer = this.#byDevice.get(device)
    if (answer === undefined) {
      answer = fileSystemOf(path)
      this.#byDevice.set(device, answer)
    }
    return answer
  }
}
