// Objects in a folder: `catalog.log` lists them, and `blobs/` holds their bytes. The log is written after the bytes
// are on the disk, and a change is valid once its line is in the log. So after kill -9 or a power cut, either the
// whole change or nothing of it exists. The next start removes blobs that the log does not name.

import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../ports.ts'
import { nodeClock } from '../../runtimes/node/platform/clock.ts'
import { makeDirectory, syncDirectory } from '../../runtimes/node/platform/durable-directory.ts'
import type { FileLock } from '../../runtimes/node/platform/file-lock.ts'
import { hasCode } from '../../runtimes/node/platform/system-error.ts'
import { Catalog } from '../store/catalog.ts'
import { CatalogStore } from '../store/catalog-store.ts'
import type { ObjectStore } from '../store/store.ts'
import { detachLog, FileLog, installLog, prepareLog, readLog } from './change-log.ts'
import { createFileBlobs } from './file-blobs.ts'
import { lockFolder } from './folder-lock.ts'
import { openPrivate } from './private-file.ts'
import { putFile } from './put-file.ts'

export interface DiskStoreOptions {
  /** The folder. It is created if absent. */
  readonly directory: string
  /**
   * Wait until bytes are on the disk before answering. Without this, an answered change survives kill -9 but not a
   * power cut.
   * @default true
   */
  readonly sync?: boolean
  /** The clock of the store. @default the system's clock */
  readonly clock?: Clock
}

/** Version 2 has versions of objects. A folder of version 1 can be used unchanged. */
const formatVersion = 2
/** A log is rewritten when it has grown by this many bytes since it was last rewritten. */
const growthMax = 64 * 1024 * 1024

/**
 * Opens a store in a folder.
 * @throws {Error} if the folder is in use, has a newer version, or is not writable
 */
export async function openDiskStore(options: DiskStoreOptions): Promise<ObjectStore> {
  const { directory, sync = true, clock = nodeClock } = options
  const blobDirectory = join(directory, 'blobs')
  const logPath = join(directory, 'catalog.log')
  await makeDirectory(blobDirectory)
  const { lock, isTakenOver } = await lockFolder(directory, clock)
  try {
    await checkFormat(join(directory, 'format.json'))
    if (isTakenOver) await detachLog(logPath)
    let catalog = new Catalog()
    const report = await readLog(logPath, change => catalog.apply(change))
    // Blobs without any bucket mean that the log is lost. It cannot say which blobs are needed, so none is removed.
    if (!report.isDamaged && report.lines > 0) await sweep(blobDirectory, catalog)
    const file = await openPrivate(logPath)
    await file.truncate(report.size)
    await syncDirectory(directory)
    let sizeAtStart = report.size
    let isDirectoryDirty = false

    const guard = () => guardFolder(lock)
    const log: FileLog = new FileLog(file, report.size, {
      isSynced: sync,
      guard,
      async beforeSync() {
        if (!isDirectoryDirty || !sync) return
        isDirectoryDirty = false
        await syncDirectory(blobDirectory)
      },
      async restore() {
        const restored = new Catalog()
        await readLog(logPath, change => restored.apply(change))
        return () => {
          catalog = restored
        }
      },
      compactAt: () => 2 * sizeAtStart + growthMax,
      async compact() {
        sizeAtStart = log.size
        // Writes the state of one moment. Changes that arrive meanwhile are written after it.
        const next = await prepareLog(logPath, [...catalog.snapshot()]).catch(() => undefined)
        if (!next) return
        await guard()
        await installLog(logPath)
        await log.replace(next.file, next.size)
        sizeAtStart = next.size
      },
    })
    const store = new CatalogStore({
      catalog: () => catalog,
      log,
      blobs: createFileBlobs({
        directory: blobDirectory,
        prefix: randomBytes(6).toString('hex'),
        isSynced: sync,
        onCreated() {
          isDirectoryDirty = true
        },
      }),
    })
    const close = store.close.bind(store)
    store.close = async () => {
      try {
        await close()
      } finally {
        await lock.release()
      }
    }
    return store
  } catch (error) {
    await lock.release()
    throw error
  }
}

/**
 * Throws if this server has lost the folder. If the lock file was removed, another server may have used the folder
 * since.
 */
async function guardFolder(lock: FileLock): Promise<void> {
  await lock.checkAfterSleep()
  if (lock.wasGone) throw new Error('The lock of the data folder was removed. Stop this server.')
}

async function checkFormat(path: string): Promise<void> {
  try {
    const { version } = JSON.parse(await readFile(path, 'utf8'))
    if (version === formatVersion) return
    if (version !== 1) {
      throw new Error(
        `${path} says version ${version}; this program knows versions up to ${formatVersion}.`,
      )
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  await putFile(path, `${JSON.stringify({ version: formatVersion })}\n`)
}

/** Removes blobs of changes that never became valid. */
async function sweep(directory: string, catalog: Catalog): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!catalog.isReferenced(name)) await rm(join(directory, name), { force: true })
  }
}
