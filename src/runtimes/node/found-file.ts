import type { BigIntStats } from 'node:fs'
import { resolve } from 'node:path'
import type { FoundFile } from '../../batch/found.ts'
import { type InodeTrust, identityOf } from './file-identity.ts'
import { openFileSource } from './file-source.ts'

/** A file of a batch. */
export async function foundFile(
  path: string,
  key: string,
  stats: BigIntStats,
  inodes: InodeTrust,
): Promise<FoundFile> {
  const id = resolve(path)
  return {
    kind: 'file',
    path,
    key,
    id,
    identity: await identityOf(id, stats, inodes),
    open: () => openFileSource(path, inodes),
  }
}
