// Allows only one server for a data folder: two servers would overwrite each other's log. The lock works like the
// lock of checkpoints: docs/internals/decisions/0003-one-owner.md.

import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../ports.ts'
import {
  acquireLock,
  type FileLock,
  type LockErrors,
} from '../../runtimes/node/platform/file-lock.ts'
import { hasCode } from '../../runtimes/node/platform/system-error.ts'

const name = 'server'

export interface FolderLock {
  readonly lock: FileLock
  /** True if another server had the folder and did not release it, because that server was killed or suspended. */
  readonly isTakenOver: boolean
}

/**
 * Takes the folder's lock for this server. If another owner's state is visible only by its heartbeat, as in another
 * container, watches the heartbeat for up to 30 s.
 * @throws {Error} if another server has the folder
 */
export async function lockFolder(directory: string, clock: Clock): Promise<FolderLock> {
  await checkFirstVersion(join(directory, 'lock'))
  const lock = await acquireLock(directory, name, clock, lockErrors(directory))
  return { lock, isTakenOver: await isLaterGeneration(directory) }
}

/**
 * Returns whether the lock has a generation above 1. The first owner has generation 1. An owner that takes over an
 * unreleased lock has a higher one.
 */
async function isLaterGeneration(directory: string): Promise<boolean> {
  return !(await readdir(directory)).includes(`${name}.lock.1`)
}

function lockErrors(directory: string): LockErrors {
  return {
    busy: ({ pid, host, since }) =>
      new Error(
        `The data folder ${directory} is in use by process ${pid} on ${host}, since ${new Date(since).toISOString()}. ` +
          'Stop that server or use another folder.',
      ),
    lost: () =>
      new Error(
        `Another server took over the data folder ${directory} while this one was suspended. ` +
          'Nothing more is stored here: stop this server.',
      ),
    gone: (path, cause) =>
      new Error(`The lock of the data folder (${path}) was removed and cannot be made again.`, {
        cause,
      }),
  }
}

/** Checks for a server of the first version, which wrote its process id into one file. */
async function checkFirstVersion(path: string): Promise<void> {
  const pid = await firstVersionOwner(path)
  if (pid !== undefined && pid !== process.pid && isRunning(pid)) {
    throw new Error(
      `The data folder is in use by process ${pid}, a server of an older version (${path}). ` +
        'Stop that server or use another folder. If no such server runs, remove that file.',
    )
  }
  await rm(path, { force: true })
}

async function firstVersionOwner(path: string): Promise<number | undefined> {
  try {
    const { pid } = JSON.parse(await readFile(path, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !hasCode(error, 'ESRCH')
  }
}
