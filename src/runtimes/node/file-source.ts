// A file as a source. Positions are read from one open descriptor, so a file that is renamed away
// stays readable; `identity` looks at the path as well and follows it to the file that it names now.

import { constants, read } from 'node:fs'
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

class FileSource implements Source {
  readonly name: string
  readonly id: string
  readonly #inodes: InodeTrust
  #file: FileHandle
  #reads = 0
  /** Called when no read is under way any more. */
  #onQuiet: (() => void) | undefined

  constructor(name: string, id: string, file: FileHandle, inodes: InodeTrust) {
    this.name = name
    this.id = id
    this.#file = file
    this.#inodes = inodes
  }

  async identity(): Promise<Identity> {
    try {
      const named = await stat(this.id, { bigint: true })
      let opened = await this.#file.stat({ bigint: true })
      if (named.ino !== opened.ino || named.dev !== opened.dev) {
        const other = await openFile(this.id)
        await this.close()
        this.#file = other
        opened = await other.stat({ bigint: true })
      }
      return await identityOf(this.id, opened, this.#inodes)
    } catch (error) {
      throw sourceFault(error, this.id)
    }
  }

  /** By callback: the handle's own `read` goes through three promises, which cost more than a small read. */
  read(into: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      // Of a closed handle it is no descriptor: a programming error to Node, and one read too late to us.
      if (this.#file.fd < 0) throw unreadable(this.id, 'EBADF')
      this.#reads++
      read(this.#file.fd, into, 0, into.length, position, (error, count) => {
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
    await this.#file.close()
  }
}

async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle | undefined
  try {
    // Without O_NONBLOCK the open of a FIFO waits for a writer. Regular files ignore the flag.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stats = await file.stat()
    if (!stats.isFile()) throw notAFile(path, stats.isDirectory() ? 'a directory' : 'no plain file')
    if (stats.size === 0) await refuseHiddenBytes(file, path)
    return file
  } catch (error) {
    await file?.close()
    throw sourceFault(error, path)
  }
}

/** Files below /proc say that they are empty and are not: their size is only known at the end. */
async function refuseHiddenBytes(file: FileHandle, path: string): Promise<void> {
  const { bytesRead } = await file.read(new Uint8Array(1), 0, 1, 0)
  if (bytesRead > 0) throw notAFile(path, 'a file that does not tell its size')
}
