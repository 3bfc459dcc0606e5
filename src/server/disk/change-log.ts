// The log of changes on disk, with one line `crc32 json` for each change. Lines are only appended. All waiting
// changes are written and synced together. When a write fails, the file is truncated to its last good state, and the
// caller reads it again.

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
  /** Makes the blobs that the changes refer to durable. Called first. */
  readonly beforeSync: () => Promise<void>
  /** Throws if this server no longer owns the folder. Called before and after each write. */
  readonly guard: () => Promise<void> | undefined
  /**
   * Reads the state again after a failed write, when the file has its last good state again. Resolves to a function
   * that installs that state. That function is called together with the refusal of all changes that were checked
   * against the lost state, without waiting in between.
   */
  readonly restore: () => Promise<() => void>
  /**
   * Size of the log in bytes from which `compact` is called. `compact` may do nothing. If it rejects, the log accepts
   * no more changes.
   */
  readonly compactAt: () => number
  readonly compact: () => Promise<void>
  /** Whether to wait for the disk. False only if a power cut does not matter. */
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

  /** Switches to another file, which has the same state in fewer lines. */
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
        // Changes that arrived during the recovery were applied to the lost state.
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
    // Another server may have read the log before it contained these lines.
    await this.#checkOwner()
    this.#size += bytes.length
  }

  /**
   * Checks that this server still owns the log. If another server has taken it over, this server must not change it,
   * not even to truncate it.
   */
  async #checkOwner(): Promise<void> {
    try {
      await this.#options.guard()
    } catch (error) {
      // A failed system call, for instance because no descriptors are left, does not prove that the owner changed.
      if (codeOf(error) === undefined) this.#broken = error
      throw error
    }
  }

  /** Rewrites the log. After a failure in the middle, the log must not be written to. */
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

/** The result of reading a log: good bytes up to `size`, and whether damaged lines came before good ones. */
export interface LogReport {
  size: number
  lines: number
  isDamaged: boolean
}

/** Reads a log, line by line. Ignores an incomplete last line: no client got an answer for it. */
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

/** Writes a log of these changes next to `path`. The new log is durable but not yet in use. A failure does no harm. */
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
 * Replaces the log with a copy. If this server took over from a suspended server, that server still writes to the old
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

/** Replaces the old log with the prepared one. */
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
