// Lists and removes the files of a spool folder. Killed uploads leave their files there.

import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UploadBusyError } from '../../../journal/ownership.ts'
import type { JournalLook } from '../../../ports.ts'
import { checkArgument } from '../../../validation/check-options.ts'
import { folderPath } from '../../../validation/rules.ts'
import { temporariesOf } from '../files/stale-files.ts'
import { nodeClock } from '../platform/clock.ts'
import { ownerOf } from '../platform/file-lock.ts'
import { isNowhere } from '../platform/system-error.ts'
import { spoolPattern, unfinishedSpool } from './spool.ts'
import { lockSpool } from './spool-lock.ts'

const filePath = { ...folderPath, allowed: 'the path of a spool file' }

/** A stream, or its start, as a file in a spool folder. */
export interface SpoolFile {
  readonly path: string
  /** Size of the file in bytes. */
  readonly size: number
  /** When the file was last written, in epoch milliseconds. */
  readonly updatedAt: number
  /** False if the stream was not written to its end. No upload can resume from such a file. */
  readonly isWhole: boolean
  /** The process that writes or uploads the file now. */
  readonly owner: JournalLook['owner']
}

/**
 * Lists the spool files in a folder. The list is empty if the folder does not exist.
 * @throws {OptionError} `INVALID_SPOOL_DIR`
 */
export async function listSpoolFiles(directory: string): Promise<SpoolFile[]> {
  checkArgument('spoolDir', directory, folderPath)
  const folder = resolve(directory)
  const files: SpoolFile[] = []
  const add = async (path: string, isWhole: boolean, owner: SpoolFile['owner']) => {
    try {
      const { size, mtimeMs } = await stat(path)
      files.push({ path, size, updatedAt: Math.floor(mtimeMs), isWhole, owner })
    } catch (error) {
      // The upload of the file has just ended and removed it.
      if (!isNowhere(error)) throw error
    }
  }
  try {
    for (const name of (await readdir(folder)).sort()) {
      if (spoolPattern.test(name)) {
        await add(join(folder, name), true, await ownerOf(folder, name, nodeClock))
      }
    }
    for await (const { path, pid, fate } of temporariesOf(folder, unfinishedSpool)) {
      await add(path, false, fate === 'dead' ? undefined : { pid, isCertain: fate === 'alive' })
    }
  } catch (error) {
    if (isNowhere(error)) return []
    throw error
  }
  return files
}

/**
 * Removes a spool file. If a checkpoint uses it, that upload can only resume if the stream is passed again.
 * @returns false if the path is no spool file or does not exist
 * @throws {OptionError} `INVALID_PATH`
 * @throws {JournalError} `UPLOAD_BUSY` while another process writes or uploads it
 */
export async function removeSpoolFile(path: string): Promise<boolean> {
  checkArgument('path', path, filePath)
  const [directory, name] = [dirname(resolve(path)), basename(path)]
  if (!spoolPattern.test(name) && !name.startsWith('.ossup-')) return false
  const file = (await listSpoolFiles(directory)).find(one => basename(one.path) === name)
  if (file === undefined) return false
  if (!file.isWhole) {
    if (file.owner?.isCertain) throw new UploadBusyError(file.owner)
    await rm(file.path, { force: true })
    return true
  }
  const lock = await lockSpool(directory, name, { waits: false })
  try {
    await rm(file.path, { force: true })
  } finally {
    await lock.release()
  }
  return true
}
