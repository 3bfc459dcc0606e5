// Journals as files in one directory, which is created on first use. A journal is the file `<name>.journal`, which
// only this user can read.

import { randomBytes } from 'node:crypto'
import { type FileHandle, readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { checkJournalName } from '../../../journal/journal-name.ts'
import type { Clock, Journal, JournalStore } from '../../../ports.ts'
import { checkArgument, checkOptions, type RulesOf } from '../../../validation/check-options.ts'
import { aFunction, folderPath, trueOrFalse, withMethods } from '../../../validation/rules.ts'
import { nodeClock } from '../platform/clock.ts'
import { withDescriptor } from '../platform/descriptors.ts'
import { makeDirectory } from '../platform/durable-directory.ts'
import { acquireLock, ownerOf } from '../platform/file-lock.ts'
import { hasCode } from '../platform/system-error.ts'
import { checkFolder, readTrusted, type Trust } from '../platform/trusted-file.ts'
import { FileJournal, type OpenedJournal, openToAppend, type WriteOnce } from './file-journal.ts'
import { journalFault, journalLockErrors } from './journal-fault.ts'

const suffix = '.journal'

/** Options of a folder of journals. */
export interface FileJournalStoreOptions {
  /** The clock to watch another owner's heartbeat with. @default the system's clock */
  clock?: Clock
  /** The function that writes to the file, for tests. @default one write to the file */
  write?: WriteOnce
  /**
   * Also uses checkpoints that another user owns or can write, or whose folder another user can write. The
   * user who wrote a checkpoint decides which file is sent where. @default false
   */
  trustOthers?: boolean
}

const rules = {
  clock: withMethods<Clock>(
    'a clock with now(), monotonic() and sleep()',
    'now',
    'monotonic',
    'sleep',
  ),
  write: aFunction<WriteOnce>(),
  trustOthers: trueOrFalse,
} satisfies RulesOf<FileJournalStoreOptions>

/**
 * Keeps checkpoints in a directory.
 * @param directory created with mode 0700 when it is first needed
 * @throws {OptionError} `INVALID_DIRECTORY`, or for an option whose value is not allowed
 */
export function fileJournalStore(
  directory: string,
  options: FileJournalStoreOptions = {},
): JournalStore {
  checkArgument('directory', directory, folderPath)
  const subject = { name: 'options', owner: 'fileJournalStore' }
  const { clock = nodeClock, write, trustOthers = false } = checkOptions(rules, options, subject)
  const location = resolve(directory)
  const trust = { ofOthers: trustOthers }
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
        await checkFolder(location, trust)
        const lock = await acquireLock(location, name, clock, journalLockErrors)
        try {
          await removeTemporaries(location, name)
          const opened = await openIfThere(path, trust)
          return new FileJournal(path, opened, temporaryOf(path), lock, { trust, write })
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
        await checkFolder(location, trust)
        const names = await withDescriptor(() => readdir(location))
        return names
          .filter(name => name.endsWith(suffix))
          .map(name => name.slice(0, -suffix.length))
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return []
        throw journalFault(error, 'read', location)
      }
    },
    async read(name) {
      const path = pathOf(name)
      try {
        await checkFolder(location, trust)
        const bytes = await readTrusted(path, trust)
        return bytes === undefined || bytes.length === 0 ? undefined : bytes
      } catch (error) {
        throw journalFault(error, 'read', path)
      }
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
        // A journal that cannot be read may belong to an upload, so it stays.
        const isEmpty = async () => (await store.read(name)) === undefined
        if (!(await isEmpty().catch(() => false))) continue
        try {
          // Closing an empty journal removes its file, and the files that dead owners left.
          await (await store.open(name)).close()
        } catch (error) {
          if (!hasCode(error, 'UPLOAD_BUSY')) throw error
        }
      }
    },
  }
  return store
}

/** The names of journals of which any file exists: the journal, a lock or a temporary file. */
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

/** An empty journal has no checkpoint, but its file stays open. */
async function openIfThere(path: string, trust: Trust): Promise<OpenedJournal> {
  let file: FileHandle
  try {
    file = await openToAppend(path, trust)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { contents: new Uint8Array(), file: undefined }
    throw error
  }
  try {
    const contents = await file.readFile()
    const { birthtimeMs } = await file.stat()
    // Some file systems do not store the time of creation and report 0.
    return { contents, file, ...(birthtimeMs > 0 && { bornAt: birthtimeMs }) }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The file's name contains its owner, so two processes that both claim the lock never write to the same file. */
function temporaryOf(path: string): string {
  return `${path}.${randomBytes(8).toString('hex')}.tmp`
}

/** Removes the temporary files of owners that died during a `replace`. */
async function removeTemporaries(directory: string, name: string): Promise<void> {
  const prefix = `${name}${suffix}.`
  for (const entry of await withDescriptor(() => readdir(directory))) {
    if (entry.startsWith(prefix) && /^[0-9a-f]{16}\.tmp$/.test(entry.slice(prefix.length))) {
      await rm(join(directory, entry), { force: true })
    }
  }
}
