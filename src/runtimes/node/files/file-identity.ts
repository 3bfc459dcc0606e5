import type { BigIntStats } from 'node:fs'
import type { Identity } from '../../../ports.ts'
import type { FileSystem } from './file-system.ts'

/** What makes the file that looks like this the same file. */
export function identityOf(
  { size, mtimeNs, ctimeNs, ino }: BigIntStats,
  { hasStableInodes }: FileSystem,
): Identity {
  return {
    size: Number(size),
    mtimeNs: String(mtimeNs),
    ctimeNs: String(ctimeNs),
    ...(hasStableInodes && { inode: String(ino) }),
  }
}
