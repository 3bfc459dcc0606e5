import type { BigIntStats } from 'node:fs'
import type { Identity } from '../../ports.ts'
import { hasStableInodes } from './stable-inodes.ts'

/** Whether inode numbers of a file's file system mean something; asked once for each file system. */
export class InodeTrust {
  readonly #byDevice = new Map<bigint, Promise<boolean>>()

  isStable(path: string, device: bigint): Promise<boolean> {
    let answer = this.#byDevice.get(device)
    if (answer === undefined) {
      answer = hasStableInodes(path)
      this.#byDevice.set(device, answer)
    }
    return answer
  }
}

/** What makes the file at `path`, which looks like this, the same file. */
export async function identityOf(
  path: string,
  { size, mtimeNs, ctimeNs, ino, dev }: BigIntStats,
  inodes: InodeTrust,
): Promise<Identity> {
  return {
    size: Number(size),
    mtimeNs: String(mtimeNs),
    ctimeNs: String(ctimeNs),
    ...((await inodes.isStable(path, dev)) && { inode: String(ino) }),
  }
}
