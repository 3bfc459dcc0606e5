// One journal in a file. Everything that touches the file goes through one queue, but a sync lets
// later appends pass: what it promises is about the earlier ones only.

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

/** Writes once and tells how much was taken. A door for tests that play a full disk. */
export type WriteOnce = (
  file: FileHandle,
  bytes: Uint8Array,
  isSyncing: boolean,
) => number | Promise<number>

/**
 * A record goes to the page cache in a few microseconds, while a thread of the pool takes ten times as
 * long to wake up: with small parts that was a sixth of the whole. Only while a sync is under way can the
 * kernel make a writer wait for the disk, and then the thread waits instead of all connections.
 */
const writeOnce: WriteOnce = (file, bytes, isSyncing) =>
  isSyncing ? file.write(bytes).then(({ bytesWritten }) => bytesWritten) : writeSync(file.fd, bytes)

/** What was found when the journal was opened. */
export interface OpenedJournal {
  readonly contents: Uint8Array
  /** `undefined` before the first append. */
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
  /** Opened by the first append: an upload that fails at once leaves no file behind. */
  #file: FileHandle | undefined
  /** Where the last whole append ended. */
  #end: number
  #nameIsSynced: boolean
  /** Bytes of an append that was cut short, until they are cut off again. */
  #torn = 0
  /** After a failed sync the kernel may have dropped the bytes and would call the next sync a success. */
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
    let isGone = false
    const sync = this.#afterwards(this.#queue, async () => {
      if (this.#unsyncable !== undefined) throw this.#unsyncable
      isGone = !(await this.#isInPlace())
      if (isGone) return
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
    // Not within the sync, which others wait for: no append may come between.
    if (isGone) await this.#inTurn(() => this.#makeAgain())
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
        // What cannot be saved any more is not worth another error: the upload has told its own.
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
   * True if the journal is where the next run looks for it.
   * @throws {JournalError} `LOCK_LOST` if another owner's is.
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

  /** Somebody removed the checkpoint of a running upload: all of it is still to be read from the open file. */
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
      // Windows renames over no file that is open.
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

  /** Cuts off what a short write left, unless another owner has appended behind it. */
  async #cutBack(file: FileHandle): Promise<void> {
    const { size } = await file.stat()
    if (size === this.#end + this.#torn) await file.truncate(this.#end)
    else this.#end = size
    this.#torn = 0
  }

  /** Also of a file that a power cut has left empty, and not of one that another owner wrote to. */
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

  /** In turn, and with no sync under way. */
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

/** With O_APPEND every write goes to the end as it then is, whatever other owners do. */
export function openToAppend(path: string, trust: Trust, flags = 0): Promise<FileHandle> {
  return openTrusted(path, constants.O_RDWR | constants.O_APPEND | flags, trust)
}
