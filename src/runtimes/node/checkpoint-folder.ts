// The folder of the checkpoints, and the folders in which oss2 (OSS's Python SDK V1) may have left records.

import { join } from 'node:path'
import { JournalError } from '../../errors.ts'
import type { JournalStore } from '../../ports.ts'
import { fileJournalStore } from './journal/file-journal-store.ts'
import type { Oss2Root } from './journal/oss2-record.ts'
import { homeFolder } from './platform/home.ts'
import type { Trust } from './platform/trusted-file.ts'
import type { CheckpointFolder } from './upload-options.ts'

/**
 * The store in the folder that the options name, otherwise in the home folder.
 * @param isNeeded false for uploads, which may need no checkpoint: without a home folder, the store then
 * fails only when a checkpoint must be written
 * @throws {JournalError} `NO_HOME`
 */
export function folderStore(options: CheckpointFolder, isNeeded: boolean): JournalStore {
  const folder = checkpointFolder(options)
  const trustOthers = trustOf(options).ofOthers
  if (folder !== undefined) return fileJournalStore(folder, { trustOthers })
  if (isNeeded) throw noHome()
  return {
    location: join('~', ...standard),
    open: () => Promise.reject(noHome()),
    list: async () => [],
    read: async () => undefined,
  }
}

const standard = ['.ossup', 'checkpoints']

/** The folder of the checkpoints; `undefined` if no option names it and this user has no home folder. */
export function checkpointFolder({ checkpointDir }: CheckpointFolder): string | undefined {
  if (checkpointDir === undefined) {
    const home = homeFolder()
    return home === undefined ? undefined : join(home, ...standard)
  }
  return checkpointDir
}

function noHome(): JournalError {
  return new JournalError(
    'NO_HOME',
    'There is no folder for the checkpoint: this user has no home folder',
    {
      hint: nameOf => {
        const none = nameOf('checkpoint') === undefined ? '' : '; `checkpoint: false` keeps none'
        return `Set HOME or ${nameOf('checkpointDir')}${none}`
      },
      options: ['checkpointDir'],
    },
  )
}

/** Which files in that folder to trust. */
export function trustOf({ trustCheckpointDir = false }: CheckpointFolder): Trust {
  return { ofOthers: trustCheckpointDir }
}

/** The folders in which oss2 may have left the record of an upload. */
export function oss2Roots(options: CheckpointFolder): Oss2Root[] {
  const { checkpointDir } = options
  const path = homeFolder()
  const home = path === undefined ? [] : [{ path, trust: { ofOthers: false } }]
  if (checkpointDir === undefined) return home
  return [{ path: checkpointDir, trust: trustOf(options) }, ...home]
}
