// A file as a sink. Its bytes are written beside it, under a name of our own, and take its name when all
// are there: whoever looks finds the old file or the new one, whole, or none.

import {
  type FileHandle,
  link,
  lstat,
  open,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { lastNameOf } from '../../../download/last-name.ts'
import { TargetError } from '../../../errors.ts'
import type { Sink } from '../../../ports.ts'
import { withDescriptor } from '../platform/descriptors.ts'
import { syncDirectory } from '../platform/durable-directory.ts'
import { removeStale, temporaryName } from './stale-files.ts'
import { targetFault } from './target-fault.ts'

/**
 * Looks at where an object is to go; nothing is written before it is begun.
 * @param path of a file, or of a folder that exists, where the file gets the last name of the key
 * @param overwrite replace a file that is there
 * @throws {TargetError} `TARGET_EXISTS`, `TARGET_NOT_A_FILE`, `TARGET_UNWRITABLE`, `UNSAFE_NAME`
 */
export async function openFileSink(path: string, key: string, overwrite: boolean): Promise<Sink> {
  try {
    const target = await fileFor(path, key)
    if (!overwrite && (await isThere(target))) throw targetExists(target)
    return new FileSink(target, overwrite ? await fileBehind(target) : target, overwrite)
  } catch (error) {
    throw targetFault(error, path)
  }
}

async function fileFor(path: string, key: string): Promise<string> {
  const isFolder = await stat(path).then(
    stats => stats.isDirectory(),
    () => false,
  )
  if (isFolder) return join(path, lastNameOf(key, process.platform === 'win32'))
  if (path.endsWith('/') || path.endsWith(sep) || !(await stat(dirname(path))).isDirectory()) {
    throw new TargetError('TARGET_UNWRITABLE', `There is no folder ${path}`, {
      hint: 'Make it first',
    })
  }
  return path
}

/** What would be replaced: of a link the file that it leads to. A device or a pipe never is. */
async function fileBehind(target: string): Promise<string> {
  if (!(await isThere(target))) return target
  const stats = await stat(target)
  if (stats.isFile()) return realpath(target)
  throw new TargetError('TARGET_NOT_A_FILE', `${target} is no plain file`, {
    hint: 'Name a file, or write to standard output',
  })
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** As of chmod; without the bits by which a program runs as somebody else: its bytes are others now. */
async function permissionsOf(path: string): Promise<number | undefined> {
  return (await isThere(path)) ? (await stat(path)).mode & 0o777 : undefined
}

function targetExists(path: string): TargetError {
  return new TargetError('TARGET_EXISTS', `${path} is there already`, {
    hint: nameOf => `Choose another name, or allow it to be replaced with ${nameOf('overwrite')}`,
  })
}

interface Temporary {
  readonly path: string
  readonly file: FileHandle
  /** Who may read and write the file that is replaced, which is how it stays. */
  readonly mode: number | undefined
  /** Says that the file is not written any more. */
  release(): void
}

class FileSink implements Sink {
  readonly name: string
  readonly isSeekable = true
  /** What is to be made or replaced. */
  readonly #path: string
  readonly #overwrite: boolean
  #temporary: Temporary | undefined

  constructor(name: string, path: string, overwrite: boolean) {
    this.name = name
    this.#path = resolve(path)
    this.#overwrite = overwrite
  }

  async begin(): Promise<void> {
    const folder = dirname(this.#path)
    const name = basename(this.#path)
    await this.#attempt(async () => {
      // A folder that may be written but not read hides them.
      await removeStale(folder, name).catch(() => {})
      const { name: own, release } = await temporaryName(name)
      const path = join(folder, own)
      const mode = this.#overwrite ? await permissionsOf(this.#path) : undefined
      // Nobody may read the bytes before they have their name who may not afterwards.
      try {
        const file = await withDescriptor(() =>
          open(path, 'wx', mode === undefined ? 0o666 : mode | 0o200),
        )
        this.#temporary = { path, file, mode, release }
      } catch (error) {
        release()
        throw error
      }
    })
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    const { file } = this.#begun
    await this.#attempt(async () => {
      // A disk that is nearly full takes some of them.
      for (let at = 0; at < bytes.length; ) {
        at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten
      }
    })
  }

  async commit(): Promise<void> {
    const { path, file, mode, release } = this.#begun
    await this.#attempt(async () => {
      if (mode !== undefined) await file.chmod(mode)
      await file.sync()
      await file.close()
      if (this.#overwrite) await rename(path, this.#path)
      else await this.#rename(path)
      this.#temporary = undefined
      release()
      await syncDirectory(dirname(this.#path))
    })
  }

  async discard(): Promise<void> {
    if (this.#temporary === undefined) return
    const { path, file, release } = this.#temporary
    this.#temporary = undefined
    release()
    await file.close().catch(() => {})
    await unlink(path)
  }

  get #begun() {
    if (this.#temporary === undefined) throw new TypeError('The sink was not begun')
    return this.#temporary
  }

  /** A rename replaces what is there; a link does not, but is not to be had on every file system. */
  async #rename(path: string): Promise<void> {
    try {
      await link(path, this.#path)
    } catch {
      if (await isThere(this.#path)) throw targetExists(this.name)
      await rename(path, this.#path)
      return
    }
    await unlink(path)
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      throw targetFault(error, this.name)
    }
  }
}
