// Journals as files in one directory, made on first use: `<name>.journal`, for this user alone.

import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { checkJournalName } from '../../../journal/journal-name.ts'
import type { Clock, Journal, JournalStore } from '../../../ports.ts'
import { nodeClock } from '../platform/clock.ts'
import { makeDirectory } from '../platform/durable-directory.ts'
import { acquireLock, ownerOf } from '../platform/file-lock.ts'
import { hasCode } from '../platform/system-error.ts'
import { FileJournal, openToAppend, type WriteOnce } from './file-journal.ts'
import { journalFault, journalLockErrors } from './journal-fault.ts'

const suffix = '.journal'

/** How journals are kept in a folder. */
export interface FileJournalStoreOptions {
  /** What another owner's heartbeat is watched by. @default the system's */
  clock?: Clock
  /** For tests. @default one write of the file */
  write?: WriteOnce
}

/**
 * Keeps checkpoints in a directory.
 * @param directory made when it is first needed, with mode 0700
 */
export function fileJournalStore(
  directory: string,
  { clock = nodeClock, write }: FileJournalStoreOptions = {},
): JournalStore {
  const location = resolve(directory)
  const pathOf = (name: string) => {
    checkJournalName(name)
    return join(location, name + suffix)
  }
  const store: JournalStore = {
    location,
    async open(name): Promise<Journal> {
      const path = pathOf(name)
      try {
        await makeDirectory(location)
        const lock = await acquireLock(location, name, clock, journalLockErrors)
        try {
          await removeTemporaries(location, name)
          const contents = await readIfThere(path)
          const opened =
            contents === undefined
              ? { contents: new Uint8Array(), file: undefined }
              : { contents, file: await openToAppend(path), bornAt: await bornAtOf(path) }
          return new FileJournal(path, opened, temporaryOf(path), lock, write)
        } catch (error) {
          await lock.release().catch(() => {})
          throw error
        }
      } catch (error) {
        throw journalFault(error, 'write', path)
      }
    },
    async list() {
      try {
        const names = await readdir(location)
        return names
          .filter(name => name.endsWith(suffix))
          .map(name => name.slice(0, -suffix.length))
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return []
        throw journalFault(error, 'read', location)
      }
    },
    async read(name) {
      return await readIfThere(pathOf(name))
    },
    async look(name) {
      const path = pathOf(name)
      try {
        const { mtimeMs } = await stat(path)
        const owner = await ownerOf(location, name, clock)
        return { changedAt: Math.floor(mtimeMs), ...(owner && { owner }) }
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return {}
        throw journalFault(error, 'read', path)
      }
    },
    async tidy() {
      for (const name of await namesOfFiles(location)) {
        if ((await ownerOf(location, name, clock)) !== undefined) continue
        // One that cannot be read may be an upload.
        const isEmpty = async () => (await store.read(name)) === undefined
        if (!(await isEmpty().catch(() => false))) continue
        try {
          // An empty journal leaves nothing behind, and takes with it what dead owners left.
          await (await store.open(name)).close()
        } catch (error) {
          if (!hasCode(error, 'UPLOAD_BUSY')) throw error
        }
      }
    },
  }
  return store
}

/** Names of journals of which any file exists: the journal, a lock or a temporary file. */
async function namesOfFiles(directory: string): Promise<ReadonlySet<string>> {
  const pattern = /^([a-z0-9.-]+)\.(?:lock\.[1-9]\d{0,14}|journal(?:\.[0-9a-f]{16}\.tmp)?)$/
  try {
    const names = (await readdir(directory)).flatMap(entry => pattern.exec(entry)?.[1] ?? [])
    return new Set(names)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return new Set()
    throw journalFault(error, 'read', directory)
  }
}

/** The bytes, or `undefined` if there is no such file; any other failure is an error. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path)
    return bytes.length === 0 ? undefined : bytes
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw journalFault(error, 'read', path)
  }
}

/** Named for one owner, so that two who both believe to be it never write into one file. */
function temporaryOf(path: string): string {
  return `${path}.${randomBytes(8).toString('hex')}.tmp`
}

/** What owners left that died in the middle of a `replace`. */
async function removeTemporaries(directory: string, name: string): Promise<void> {
  const prefix = `${name}${suffix}.`
  for (const entry of await readdir(directory)) {
    if (entry.startsWith(prefix) && /^[0-9a-f]{16}\.tmp$/.test(entry.slice(prefix.length))) {
      await rm(join(directory, entry), { force: true })
    }
  }
}

/** Some file systems do not keep it, and say 0. */
async function bornAtOf(path: string): Promise<number | undefined> {
  const { birthtimeMs } = await stat(path)
  return birthtimeMs > 0 ? birthtimeMs : undefined
}
