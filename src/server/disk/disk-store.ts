// Objects in a folder: `catalog.log` says what there is, `blobs/` holds the bytes. A change is real when its
// line is in the log, and the log is written after the bytes are on the disk. So kill -9 or a power cut
// leaves either the whole change or nothing of it, and what lies around in `blobs/` is swept at the start.

import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../foreign/error.ts'
import { Catalog } from '../store/catalog.ts'
import { CatalogStore } from '../store/catalog-store.ts'
import type { ObjectStore } from '../store/store.ts'
import { FileLog, installLog, prepareLog, readLog } from './change-log.ts'
import { createFileBlobs } from './file-blobs.ts'
import { lockFolder } from './folder-lock.ts'
import { putFile } from './put-file.ts'
import { syncDirectory } from './sync-directory.ts'

export interface DiskStoreOptions {
  /** Made if absent. */
  readonly directory: string
  /**
   * Wait until bytes are on the disk itself before answering. Without it an answer survives kill -9 but not a
   * power cut.
   * @default true
   */
  readonly sync?: boolean
}

/** 2 has versions of objects. A folder of version 1 needs no change. */
const formatVersion = 2
/** A log is written anew when it is this much larger than at the last time, bytes. */
const growthMax = 64 * 1024 * 1024

/** @throws {Error} if the folder is in use, of a newer version, or cannot be written */
export async function openDiskStore(options: DiskStoreOptions): Promise<ObjectStore> {
  const { directory, sync = true } = options
  const blobDirectory = join(directory, 'blobs')
  const logPath = join(directory, 'catalog.log')
  await mkdir(blobDirectory, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(join(directory, 'lock'))
  try {
    await checkFormat(join(directory, 'format.json'))
    let catalog = new Catalog()
    const report = await readLog(logPath, change => catalog.apply(change))
    // Bytes without any bucket: the log is lost, and what it would say of them nobody knows.
    if (!report.isDamaged && report.lines > 0) await sweep(blobDirectory, catalog)
    await truncate(logPath, report.size)
    await syncDirectory(directory)
    let sizeAtStart = report.size
    let isDirectoryDirty = false

    const log: FileLog = new FileLog(await open(logPath, 'r+'), report.size, {
      isSynced: sync,
      async beforeSync() {
        if (!isDirectoryDirty || !sync) return
        isDirectoryDirty = false
        await syncDirectory(blobDirectory)
      },
      async onLost() {
        const restored = new Catalog()
        await readLog(logPath, change => restored.apply(change))
        catalog = restored
      },
      compactAt: () => 2 * sizeAtStart + growthMax,
      async compact() {
        sizeAtStart = log.size
        const next = await prepareLog(logPath, catalog.snapshot()).catch(() => undefined)
        if (!next) return
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
      await close()
      await unlock()
    }
    return store
  } catch (error) {
    await unlock()
    throw error
  }
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
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await putFile(path, `${JSON.stringify({ version: formatVersion })}\n`)
}

/** Removes the bytes of what never became real. */
async function sweep(directory: string, catalog: Catalog): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!catalog.isReferenced(name)) await rm(join(directory, name), { force: true })
  }
}
