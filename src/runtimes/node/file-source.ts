// A file as a source. Positions are read from one open descriptor, so a file that is renamed away
// stays readable; `identity` looks at the path as well and follows it to the file that it names now.

import { type BigIntStats, constants, read } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Identity, Source } from '../../ports.ts'
import { InodeTrust, identityOf } from './file-identity.ts'
import { notAFile, sourceFault, unreadable } from './source-fault.ts'

/**
 * Opens a file to be uploaded.
 * @param inodes what is known of file systems, if more files are opened
 * @throws {SourceError} `SOURCE_MISSING`, `SOURCE_NOT_A_FILE` or `SOURCE_UNREADABLE`.
 */
export async function openFileSource(path: string, inodes = new InodeTrust()): Promise<Source> {
  const absolute = resolve(path)
  return new FileSource(path, absolute, await openFile(absolute), inodes)
}

interface OpenFile {
  readonly handle: FileHandle
  /** When it was opened. What names it stays its own for as long as it is open. */
  readonly stats: BigIntStats
}

class FileSource implements Source {
  readonly name: string
  readonly id: string
  readonly #inodes: InodeTrust
  #file: OpenFile
  #reads = 0
  /** Called when no read is under way any more. */
  #onQuiet: (() => void) | undefined

  constructor(name: string, id: string, file: OpenFile, inodes: InodeTrust) {
    this.name = name
    this.id = id
    this.#file = file
    this.#inodes = inodes
  }

  async identity(): Promise<Identity> {
    try {
      // What the name leads to is the file that is open, or another one: no need to ask for both.
      let now = await stat(this.id, { bigint: true })
      const { ino, dev } = this.#file.stats
      if (now.ino !== ino || now.dev !== dev) {
        const other = await openFile(this.id)
        await this.close()
        this.#file = other
        now = await other.handle.stat({ bigint: true })
      }
      return await identityOf(this.id, now, this.#inodes)
    } catch (error) {
      throw sourceFault(error, this.id)
    }
  }

  /** By callback: the handle's own `read` goes through three promises, which cost more than a small read. */
  read(into: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      // Of a closed handle it is no descriptor: a programming error to Node, and one read too late to us.
      const { fd } = this.#file.handle
      if (fd < 0) throw unreadable(this.id, 'EBADF')
      this.#reads++
      read(fd, into, 0, into.length, position, (error, count) => {
        this.#reads--
        if (this.#reads === 0) this.#onQuiet?.()
        if (error === null) resolve(count)
        else reject(sourceFault(error, this.id))
      })
    })
  }

  /** Waits for reads: the descriptor's number must not come to mean another file in the middle of one. */
  async close(): Promise<void> {
    if (this.#reads > 0) {
      await new Promise<void>(resolve => {
        this.#onQuiet = resolve
      })
    }
    await this.#file.handle.close()
  }
}

async function openFile(path: string): Promise<OpenFile> {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK the open of a FIFO waits for a writer. Regular files ignore the flag.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) throw notAFile(path, stats.isDirectory() ? 'a directory' : 'no plain file')
    if (stats.size === 0n) await refuseHiddenBytes(handle, path)
    return { handle, stats }
  } catch (error) {
    await handle?.close()
    throw sourceFault(error, path)
  }
}

/** Files below /proc say that they are empty and are not: their size is only known at the end. */
async function refuseHiddenBytes(file: FileHandle, path: string): Promise<void> {
  const { bytesRead } = await file.read(new Uint8Array(1), 0, 1, 0)
  if (bytesRead > 0) throw notAFile(path, 'a file that does not tell its size')
}
