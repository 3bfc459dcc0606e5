// The log of changes on disk: one line per change, `crc32 json`. Only appended to; all changes that wait are
// written and synced together. When a write fails nothing of it stays: the file is cut back and the caller
// reads it again.

import { constants } from 'node:fs'
import { copyFile, type FileHandle, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { codeOf } from '../../foreign/error.ts'
import { syncDirectory } from '../../runtimes/node/platform/durable-directory.ts'
import { writeWhole } from '../../runtimes/node/platform/write-whole.ts'
import type { Change } from '../store/catalog.ts'
import type { ChangeLog } from '../store/catalog-store.ts'
import { isChange } from './change-shape.ts'
import { openPrivate } from './private-file.ts'

export interface FileLogOptions {
  /** Makes what the changes refer to durable first. */
  readonly beforeSync: () => Promise<void>
  /** Throws if the folder is no longer this server's. Called before and after each write. */
  readonly guard: () => Promise<void> | undefined
  /**
   * Reads the state again after a failed write, when the file is back at its last good state. The function it
   * resolves to puts that state in place. It is called in one step with the refusal of all changes that were
   * checked against the lost state.
   */
  readonly restore: () => Promise<() => void>
  /** Bytes of log at which `compact` is called. It may do nothing; after a rejection the log takes no more. */
  readonly compactAt: () => number
  readonly compact: () => Promise<void>
  /** Whether to wait for the disk itself: off only where a power cut does not matter. */
  readonly isSynced: boolean
}

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class FileLog implements ChangeLog {
  readonly #options: FileLogOptions
  #file: FileHandle
  #size: number
  #queue: Waiting[] = []
  #isRunning = false
  #last: Promise<void> = Promise.resolve()
  #broken: unknown

  constructor(file: FileHandle, size: number, options: FileLogOptions) {
    this.#file = file
    this.#size = size
    this.#options = options
  }

  append(change: Change): Promise<void> {
    const appended = new Promise<void>((resolve, reject) => {
      this.#queue.push({ line: encodeLine(change), resolve, reject })
    })
    this.#last = appended.catch(() => {})
    if (!this.#isRunning) void this.#run()
    return appended
  }

  get size(): number {
    return this.#size
  }

  settled(): Promise<void> {
    return this.#last
  }

  async close(): Promise<void> {
    await this.#last
    await this.#file.close()
  }

  /** Takes another file, which says the same in fewer lines. */
  async replace(file: FileHandle, size: number): Promise<void> {
    const before = this.#file
    this.#file = file
    this.#size = size
    await before.close()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#queue.length > 0) {
      const batch = this.#queue
      this.#queue = []
      try {
        await this.#write(batch)
        for (const { resolve } of batch) resolve()
        if (this.#size > this.#options.compactAt()) await this.#compact()
      } catch (error) {
        const putBack = await this.#recover()
        // Changes that came during the recovery were applied to the state that is lost.
        const lost = [...batch, ...this.#queue]
        this.#queue = []
        putBack?.()
        for (const { reject } of lost) reject(error)
      }
    }
    this.#isRunning = false
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (this.#broken) throw this.#broken
    const bytes = Buffer.from(batch.map(({ line }) => line).join(''))
    await this.#options.beforeSync()
    await this.#checkOwner()
    await writeWhole(this.#file, bytes, this.#size)
    if (this.#options.isSynced) await this.#file.datasync()
    // Another server may have read the log before these lines were in it.
    await this.#checkOwner()
    this.#size += bytes.length
  }

  /** A log that another server has taken over may not be touched again, not even to cut it back. */
  async #checkOwner(): Promise<void> {
    try {
      await this.#options.guard()
    } catch (error) {
      // A failed system call, as for want of descriptors, says nothing about the owner.
      if (codeOf(error) === undefined) this.#broken = error
      throw error
    }
  }

  /** A log that was half replaced may not be written to. */
  async #compact(): Promise<void> {
    try {
      await this.#options.compact()
    } catch (error) {
      this.#broken = error
    }
  }

  async #recover(): Promise<(() => void) | undefined> {
    if (this.#broken) return undefined
    try {
      await this.#file.truncate(this.#size)
      return await this.#options.restore()
    } catch (error) {
      this.#broken = error
      return undefined
    }
  }
}

/** What was found in a log: good bytes up to `size`, and whether damaged lines came before good ones. */
export interface LogReport {
  size: number
  lines: number
  isDamaged: boolean
}

/** Reads a log, line by line. A torn tail is ignored: no client has an answer for it. */
export async function readLog(path: string, apply: (change: Change) => void): Promise<LogReport> {
  const report: LogReport = { size: 0, lines: 0, isDamaged: false }
  const file = await openPrivate(path)
  try {
    let rest = Buffer.alloc(0)
    let position = 0
    let hasBad = false
    for await (const chunk of file.createReadStream({
      autoClose: false,
      start: 0,
      highWaterMark: 1 << 20,
    })) {
      const bytes = Buffer.concat([rest, chunk as Buffer])
      let start = 0
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        const change = decodeLine(bytes.toString('utf8', start, end))
        position += end + 1 - start
        start = end + 1
        if (!change) {
          hasBad = true
          continue
        }
        apply(change)
        report.lines++
        report.size = position
        report.isDamaged ||= hasBad
      }
      rest = bytes.subarray(start)
    }
    return report
  } finally {
    await file.close()
  }
}

/** Writes a log of these changes beside `path`, durable but not yet in its place. May fail without harm. */
export async function prepareLog(
  path: string,
  changes: Iterable<Change>,
): Promise<{ file: FileHandle; size: number }> {
  await rm(temporary(path), { force: true })
  const file = await openPrivate(temporary(path))
  try {
    let size = 0
    let lines: string[] = []
    let length = 0
    const flush = async () => {
      const bytes = Buffer.from(lines.join(''))
      await writeWhole(file, bytes, size)
      size += bytes.length
      lines = []
      length = 0
    }
    for (const change of changes) {
      const line = encodeLine(change)
      lines.push(line)
      length += line.length
      if (length > 1 << 20) await flush()
    }
    await flush()
    await file.sync()
    return { file, size }
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * Puts a copy of the log in its place. A server that was suspended while this one took over still writes to the old
 * file, which is no longer read.
 */
export async function detachLog(path: string): Promise<void> {
  const file = await openPrivate(path)
  try {
    await rm(temporary(path), { force: true })
    await copyFile(path, temporary(path), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } finally {
    await file.close()
  }
  const copy = await openPrivate(temporary(path))
  try {
    await copy.sync()
  } finally {
    await copy.close()
  }
  await installLog(path)
}

/** Puts the prepared log in place of the old one. */
export async function installLog(path: string): Promise<void> {
  await rename(temporary(path), path)
  await syncDirectory(dirname(path))
}

function temporary(path: string): string {
  return `${path}.new`
}

function encodeLine(change: Change): string {
  const json = JSON.stringify(change)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

function decodeLine(line: string): Change | undefined {
  const json = line.slice(9)
  if (line.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) return undefined
  try {
    const change: unknown = JSON.parse(json)
    return isChange(change) ? change : undefined
  } catch {
    return undefined
  }
}
