import type { BigIntStats } from 'node:fs'
import type { Identity } from '../../../ports.ts'
import type { FileSystem } from './file-system.ts'

/** The properties by which the same file is recognised later. */
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
