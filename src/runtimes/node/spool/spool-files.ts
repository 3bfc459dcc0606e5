// What is in a spool folder, for a person who wants to know or to tidy up: uploads that were killed leave their
// files there.

import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UploadBusyError } from '../../../journal/ownership.ts'
import type { JournalLook } from '../../../ports.ts'
import { temporariesOf } from '../files/stale-files.ts'
import { nodeClock } from '../platform/clock.ts'
import { ownerOf } from '../platform/file-lock.ts'
import { isNowhere } from '../platform/system-error.ts'
import { spoolPattern, unfinishedSpool } from './spool.ts'
import { lockSpool } from './spool-lock.ts'

/** A stream, or the beginning of one, as it was written to a spool folder. */
export interface SpoolFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** When it was last written to, epoch milliseconds. */
  readonly updatedAt: number
  /** False: the stream was not read to its end, so nothing can go on from the file. */
  readonly isWhole: boolean
  /** Who writes or uploads it now. */
  readonly owner: JournalLook['owner']
}

/** The spool files in a folder; none if there is no such folder. */
export async function listSpoolFiles(directory: string): Promise<SpoolFile[]> {
  const folder = resolve(directory)
  const files: SpoolFile[] = []
  const add = async (path: string, isWhole: boolean, owner: SpoolFile['owner']) => {
    try {
      const { size, mtimeMs } = await stat(path)
      files.push({ path, size, updatedAt: Math.floor(mtimeMs), isWhole, owner })
    } catch (error) {
      // Its upload has just ended.
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
 * Removes a spool file. One that a checkpoint goes on from is lost to it: the stream has to be offered again.
 * @returns false if it is none, or not there
 * @throws {JournalError} `UPLOAD_BUSY` while another process writes or uploads it
 */
export async function removeSpoolFile(path: string): Promise<boolean> {
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
