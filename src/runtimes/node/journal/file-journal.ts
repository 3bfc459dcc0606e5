// One journal in a file. All operations on the file wait in one queue, except that appends may overtake a running
// sync: the sync covers only the appends before it.

import { constants, writeSync } from 'node:fs'
import { type FileHandle, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { journalClosed, lockLost } from '../../../journal/ownership.ts'
import type { Journal } from '../../../ports.ts'
import { withDescriptor } from '../platform/descriptors.ts'
import { makeDirectory, syncDirectory } from '../platform/durable-directory.ts'
import type { FileLock } from '../platform/file-lock.ts'
import { hasCode, isNowhere } from '../platform/system-error.ts'
import { openTrusted, type Trust } from '../platform/trusted-file.ts'
import { journalFault, journalFull, journalGone } from './journal-fault.ts'

/** Writes once and returns the number of written bytes. Tests replace it to simulate a full disk. */
export type WriteOnce = (
  file: FileHandle,
  bytes: Uint8Array,
  isSyncing: boolean,
) => number | Promise<number>

/**
 * Appending to the page cache takes a few microseconds, while a thread of Node's pool needs ten times as long
 * to wake up. With small parts that was a sixth of the whole time, so records are written synchronously. Only
 * during a sync can the kernel make a writer wait for the disk. Then a thread writes, so that the event loop
 * does not block.
 */
const writeOnce: WriteOnce = (file, bytes, isSyncing) =>
  isSyncing ? file.write(bytes).then(({ bytesWritten }) => bytesWritten) : writeSync(file.fd, bytes)

/** The state of the journal when it was opened. */
export interface OpenedJournal {
  readonly contents: Uint8Array
  /** The open file; `undefined` before the first append. */
  readonly file: FileHandle | undefined
  readonly bornAt?: number
}

export class FileJournal implements Journal {
  readonly contents: Uint8Array
  readonly bornAt: number | undefined
  readonly #path: string
  readonly #temporary: string
  readonly #lock: FileLock
  readonly #write: WriteOnce
  readonly #trust: Trust
  /** The first append opens the file, so an upload that fails at once leaves no file. */
  #file: FileHandle | undefined
  /** The end of the last complete append. */
  #end: number
  #nameIsSynced: boolean
  /** Bytes of an incomplete append, until they are removed. */
  #torn = 0
  /**
   * The error of a failed sync. The kernel may have dropped the bytes, and would report success for the next
   * sync.
   */
  #unsyncable: unknown
  #queue: Promise<unknown> = Promise.resolve()
  readonly #syncs = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(
    path: string,
    opened: OpenedJournal,
    temporary: string,
    lock: FileLock,
    { trust, write = writeOnce }: { trust: Trust; write?: WriteOnce | undefined },
  ) {
    this.#trust = trust
    this.contents = opened.contents
    this.bornAt = opened.bornAt
    this.#path = path
    this.#temporary = temporary
    this.#lock = lock
    this.#write = write
    this.#file = opened.file
    this.#end = opened.contents.length
    this.#nameIsSynced = opened.file !== undefined
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      if (bytes.length === 0) return
      const check = this.#lock.checkAfterSleep()
      if (check !== undefined) await check
      this.#file ??= await openToAppend(this.#path, this.#trust, constants.O_CREAT)
      if (this.#torn > 0) await this.#cutBack(this.#file)
      const writing = this.#write(this.#file, bytes, this.#syncs.size > 0)
      const written = typeof writing === 'number' ? writing : await writing
      if (written < bytes.length) {
        this.#torn = written
        await this.#cutBack(this.#file).catch(() => {})
        throw journalFull(this.#path)
      }
      this.#end += bytes.length
    })
  }

  async sync(): Promise<void> {
    if (this.#closing !== undefined) throw journalClosed()
    let isDetached = false
    const sync = this.#afterwards(this.#queue, async () => {
      if (this.#unsyncable !== undefined) throw this.#unsyncable
      isDetached = !(await this.#isInPlace())
      if (isDetached) return
      try {
        await this.#file?.datasync()
      } catch (error) {
        this.#unsyncable = error
        throw error
      }
      if (this.#nameIsSynced || this.#file === undefined) return
      await syncDirectory(dirname(this.#path))
      this.#nameIsSynced = true
    })
    this.#syncs.add(sync)
    const forget = () => this.#syncs.delete(sync)
    sync.then(forget, forget)
    await sync
    // Outside of the sync, because this must run in the queue, where no append can come in between.
    if (isDetached) await this.#inTurn(() => this.#makeAgain())
  }

  replace(contents: Uint8Array): Promise<void> {
    return this.#alone(async () => {
      await this.#isInPlace()
      await this.#put(contents)
    })
  }

  remove(): Promise<void> {
    return this.#alone(async () => {
      await this.#isInPlace()
      await this.#removeFile()
      await syncDirectory(dirname(this.#path))
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#alone(async () => {
      try {
        // A failure to save the checkpoint again is ignored, because the upload already failed with its own error.
        await this.#makeAgain().catch(() => {})
        if (this.#end === 0 && (await this.#isEmpty())) await this.#removeFile()
        await this.#closeFile()
      } finally {
        await this.#lock.release()
      }
    }, true)
    return this.#closing
  }

  /**
   * True if the next run will find this journal at its path.
   * @throws {JournalError} `LOCK_LOST` if another owner's journal is at the path
   */
  async #isInPlace(): Promise<boolean> {
    await this.#lock.check()
    if (this.#file === undefined) return true
    try {
      const named = await stat(this.#path, { bigint: true })
      if (!this.#lock.wasGone) return true
      const opened = await this.#file.stat({ bigint: true })
      if (named.ino !== opened.ino) throw lockLost()
      return true
    } catch (error) {
      if (isNowhere(error)) return false
      throw error
    }
  }

  /**
   * Writes the journal again after another program removed it during the upload. All records can still be
   * read from the open file.
   */
  async #makeAgain(): Promise<void> {
    try {
      if (this.#file === undefined || (await this.#isInPlace())) return
      const contents = new Uint8Array(this.#end)
      for (let read = 0; read < contents.length; ) {
        const { bytesRead } = await this.#file.read(contents, read, contents.length - read, read)
        if (bytesRead === 0) throw new Error('it is shorter than what was written')
        read += bytesRead
      }
      await makeDirectory(dirname(this.#path))
      await this.#put(contents)
    } catch (error) {
      throw journalGone(this.#path, error)
    }
  }

  async #put(contents: Uint8Array): Promise<void> {
    try {
      const file = await withDescriptor(() => open(this.#temporary, 'wx', 0o600))
      try {
        await file.writeFile(contents)
        await file.sync()
      } finally {
        await file.close()
      }
      // On Windows, a rename cannot replace an open file.
      await this.#closeFile()
      await rename(this.#temporary, this.#path)
      this.#file = await openToAppend(this.#path, this.#trust)
    } catch (error) {
      await rm(this.#temporary, { force: true }).catch(() => {})
      throw error
    }
    this.#end = contents.length
    this.#torn = 0
    this.#unsyncable = undefined
    this.#nameIsSynced = false
    await syncDirectory(dirname(this.#path))
    this.#nameIsSynced = true
  }

  /** Removes the bytes of an incomplete write, unless another owner has appended after them. */
  async #cutBack(file: FileHandle): Promise<void> {
    const { size } = await file.stat()
    if (size === this.#end + this.#torn) await file.truncate(this.#end)
    else this.#end = size
    this.#torn = 0
  }

  /** True if the file has no content, also after a power cut emptied it. False if another owner wrote to it. */
  async #isEmpty(): Promise<boolean> {
    try {
      return (await stat(this.#path)).size === 0
    } catch {
      return false
    }
  }

  async #removeFile(): Promise<void> {
    await this.#closeFile()
    try {
      await unlink(this.#path)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
    this.#end = 0
    this.#torn = 0
    this.#unsyncable = undefined
    this.#nameIsSynced = false
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  #inTurn(task: () => Promise<void>, closing = false): Promise<void> {
    if (!closing && this.#closing !== undefined) return Promise.reject(journalClosed())
    const turn = this.#afterwards(this.#queue, task)
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Runs a task in its turn, when no sync is running. */
  #alone(task: () => Promise<void>, closing = false): Promise<void> {
    const syncs = [...this.#syncs]
    return this.#inTurn(async () => {
      await Promise.allSettled(syncs)
      await task()
    }, closing)
  }

  async #afterwards(earlier: Promise<unknown>, task: () => Promise<void>): Promise<void> {
    try {
      await earlier
      await task()
    } catch (error) {
      throw journalFault(error, 'write', this.#path)
    }
  }
}

/** With O_APPEND, every write goes to the current end of the file, even if other owners write too. */
export function openToAppend(path: string, trust: Trust, flags = 0): Promise<FileHandle> {
  return openTrusted(path, constants.O_RDWR | constants.O_APPEND | flags, trust)
}
