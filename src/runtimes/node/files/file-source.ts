// A file as a source. Bytes are read from one open descriptor, so a renamed file stays readable. `identity` also
// checks the path and follows it to the file that it names now.

import type { BigIntStats } from 'node:fs'
import { resolve } from 'node:path'
import type { Identity, Source } from '../../../ports.ts'
import { hasOwnEventLoop } from '../platform/event-loop.ts'
import { closeFile, lookAt, lookAtOpen, openToRead, readAt, readAtOnce } from './file-calls.ts'
import { identityOf } from './file-identity.ts'
import { FileSystems } from './file-system.ts'
import { notAFile, sourceFault, unreadable } from './source-fault.ts'

/**
 * Opens a file for an upload.
 * @param systems the known file systems, shared if several files are opened
 * @throws {SourceError} `SOURCE_MISSING`, `SOURCE_NOT_A_FILE` or `SOURCE_UNREADABLE`
 */
export async function openFileSource(path: string, systems = new FileSystems()): Promise<Source> {
  const absolute = resolve(path)
  return new FileSource(path, absolute, await openFile(absolute), systems)
}

/** A read of more bytes takes its time even from memory. */
const readAtOnceMax = 128 * 1024

interface OpenFile {
  /** The descriptor; negative once the file is closed. */
  fd: number
  /**
   * The properties at the time of opening. Device and inode number belong to this file for as long as it is
   * open.
   */
  readonly stats: BigIntStats
}

class FileSource implements Source {
  readonly name: string
  readonly id: string
  readonly #systems: FileSystems
  #file: OpenFile
  #reads = 0
  #readsAtOnce = false
  /** Called when the last running read ends. */
  #onQuiet: (() => void) | undefined

  constructor(name: string, id: string, file: OpenFile, systems: FileSystems) {
    this.name = name
    this.id = id
    this.#file = file
    this.#systems = systems
  }

  async identity(): Promise<Identity> {
    try {
      // If the path still names the open file, one call is enough to read its properties.
      let now = await lookAt(this.id)
      const { ino, dev } = this.#file.stats
      if (now.ino !== ino || now.dev !== dev) {
        const other = await openFile(this.id)
        await this.close()
        this.#file = other
        now = await lookAtOpen(other.fd)
      }
      const system = await this.#systems.of(this.id, now.dev)
      this.#readsAtOnce = hasOwnEventLoop() && system.isLocal
      return identityOf(now, system)
    } catch (error) {
      throw sourceFault(error, this.id)
    }
  }

  read(into: Uint8Array, position: number): number | Promise<number> {
    // After `close` the descriptor is negative. Node.js would report a programming error, but here a read came too
    // late.
    const { fd } = this.#file
    if (fd < 0) throw unreadable(this.id, 'EBADF')
    if (!this.#readsAtOnce || into.length > readAtOnceMax) {
      return this.#finish(readAt(fd, into, position))
    }
    try {
      return readAtOnce(fd, into, position)
    } catch (error) {
      throw sourceFault(error, this.id)
    }
  }

  async #finish(reading: Promise<number>): Promise<number> {
    this.#reads++
    try {
      return await reading
    } catch (error) {
      throw sourceFault(error, this.id)
    } finally {
      this.#reads--
      if (this.#reads === 0) this.#onQuiet?.()
    }
  }

  /**
   * Waits for running reads: otherwise the system could reuse the descriptor's number for another file during
   * a read.
   */
  async close(): Promise<void> {
    const file = this.#file
    if (this.#reads > 0) {
      await new Promise<void>(resolve => {
        this.#onQuiet = resolve
      })
    }
    const { fd } = file
    if (fd < 0) return
    file.fd = -1
    await closeFile(fd)
  }
}

async function openFile(path: string): Promise<OpenFile> {
  let fd = -1
  try {
    fd = await openToRead(path)
    const stats = await lookAtOpen(fd)
    if (!stats.isFile()) throw notAFile(path, stats.isDirectory() ? 'a directory' : 'no plain file')
    if (stats.size === 0n) await refuseHiddenBytes(fd, path)
    return { fd, stats }
  } catch (error) {
    if (fd >= 0) await closeFile(fd)
    throw sourceFault(error, path)
  }
}

/** Files below /proc report a size of 0 although they have content. Their size is known only at their end. */
async function refuseHiddenBytes(fd: number, path: string): Promise<void> {
  const count = await readAt(fd, new Uint8Array(1), 0)
  if (count > 0) throw notAFile(path, 'a file that does not tell its size')
}
