// A file as a source. Positions are read from one open descriptor, so a file that is renamed away
// stays readable; `identity` looks at the path as well and follows it to the file that it names now.

import { constants, read } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SourceError } from '../../errors.ts'
import type { Identity, Source } from '../../ports.ts'
import { hasStableInodes } from './stable-inodes.ts'

/**
 * Opens a file to be uploaded.
 * @throws {SourceError} `SOURCE_MISSING`, `SOURCE_NOT_A_FILE` or `SOURCE_UNREADABLE`.
 */
export async function openFileSource(path: string): Promise<Source> {
  const absolute = resolve(path)
  return new FileSource(path, absolute, await openFile(absolute))
}

class FileSource implements Source {
  readonly name: string
  readonly id: string
  #file: FileHandle
  #inodesAreStable: boolean | undefined
  #reads = 0
  /** Called when no read is under way any more. */
  #onQuiet: (() => void) | undefined

  constructor(name: string, id: string, file: FileHandle) {
    this.name = name
    this.id = id
    this.#file = file
  }

  async identity(): Promise<Identity> {
    try {
      const named = await stat(this.id, { bigint: true })
      let opened = await this.#file.stat({ bigint: true })
      if (named.ino !== opened.ino || named.dev !== opened.dev) {
        const other = await openFile(this.id)
        await this.close()
        this.#file = other
        this.#inodesAreStable = undefined
        opened = await other.stat({ bigint: true })
      }
      this.#inodesAreStable ??= await hasStableInodes(this.id)
      return {
        size: Number(opened.size),
        mtimeNs: String(opened.mtimeNs),
        ctimeNs: String(opened.ctimeNs),
        ...(this.#inodesAreStable ? { inode: String(opened.ino) } : {}),
      }
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

function notAFile(path: string, what: string): SourceError {
  return new SourceError('SOURCE_NOT_A_FILE', `${path} is ${what}`, {
    hint: 'Give the path of a regular file',
  })
}

function sourceFault(error: unknown, path: string): unknown {
  if (error instanceof SourceError || !(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new SourceError('SOURCE_MISSING', `There is no file ${path}`, {
        hint: 'Check the path',
        cause: error,
      })
    case 'EISDIR':
      return notAFile(path, 'a directory')
    case 'ENXIO':
    case 'ENODEV':
      return notAFile(path, 'no plain file')
    default:
      return unreadable(path, code, error)
  }
}

function unreadable(path: string, code: string | undefined, cause?: Error): SourceError {
  return new SourceError('SOURCE_UNREADABLE', `${path} cannot be read (${code})`, {
    hint:
      code === 'EACCES' || code === 'EPERM'
        ? 'Grant this user the right to read it'
        : 'Check the disk or the network that it lies on, then run it again',
    ...(cause !== undefined && { cause }),
  })
}
