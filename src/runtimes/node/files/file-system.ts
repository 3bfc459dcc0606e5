// What the file system that a file is on means for us. Two things are asked of it, once for each:
//
// Does a file keep its inode number while it stays the same file? FAT, most of FUSE, SMB and 9p make
// numbers up and change them with the next mount; that would look like another file and cost a hashing of
// all that was sent. Where it is not known to be stable, the number is left out: a file that took
// another's place shows in its ctime.
//
// Is it of this machine's kernel alone? Then a look at a file is mostly answered from memory, and may be
// taken at once. Behind a network or another process it may take any time.

import { statfs } from 'node:fs/promises'
import { nodeClock } from '../platform/clock.ts'
import { knownFileSystem } from '../platform/known-file-systems.ts'
import { DiskPace } from './disk-pace.ts'
import { atOnceIfQuick, byThreadPool, type FileCalls } from './file-calls.ts'

export interface FileSystem {
  readonly hasStableInodes: boolean
  /** For files that were just found in it, among others. */
  readonly calls: FileCalls
}

/**
 * Of what is not known, the worse is assumed. On macOS the local default, APFS, has stable inodes, but
 * nothing cheap tells it from a network. Windows has no cheap way to tell NTFS from the rest.
 */
async function fileSystemOf(path: string): Promise<FileSystem> {
  if (process.platform !== 'linux') {
    return { hasStableInodes: process.platform !== 'win32', calls: byThreadPool }
  }
  try {
    const known = knownFileSystem((await statfs(path)).type)
    const calls = known?.reach === 'machine' ? atOnceIfQuick(new DiskPace(nodeClock)) : byThreadPool
    return { hasStableInodes: known?.hasStableInodes ?? false, calls }
  } catch {
    return { hasStableInodes: false, calls: byThreadPool }
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
