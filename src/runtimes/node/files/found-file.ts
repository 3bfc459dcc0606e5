import type { BigIntStats } from 'node:fs'
import { resolve } from 'node:path'
import type { FoundFile } from '../../../batch/found.ts'
import { identityOf } from './file-identity.ts'
import { openFileSource } from './file-source.ts'
import type { FileSystem, FileSystems } from './file-system.ts'

/** A file of a batch, with the properties that it has now. */
export function foundFile(
  path: string,
  key: string,
  stats: BigIntStats,
  system: FileSystem,
  systems: FileSystems,
): FoundFile {
  return {
    kind: 'file',
    path,
    key,
    id: resolve(path),
    identity: identityOf(stats, system),
    open: () => openFileSource(path, systems),
  }
}
