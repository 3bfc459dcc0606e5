// A file as the target of a download. The bytes go into a temporary file beside the target, which gets the target's
// name once it is complete. Readers see the old file, the complete new file, or no file.

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
 * Checks the target of a download. Nothing is written before the sink's `begin`.
 * @param path of a file, or of an existing folder, where the file gets the last segment of the key as its
 * name
 * @param overwrite replace an existing file
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

/** The file that would be replaced. A link is followed to its file. A device or a pipe is refused. */
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

/**
 * The permissions as for chmod, without the set-user-id and set-group-id bits, because the new content is not
 * the program that had them.
 */
async function permissionsOf(path: string): Promise<number | undefined> {
  return (await isThere(path)) ? (await stat(path)).mode & 0o777 : undefined
}

function targetExists(path: string): TargetError {
  return new TargetError('TARGET_EXISTS', `${path} already exists`, {
    hint: nameOf => `Choose another name, or replace it with ${nameOf('overwrite')}`,
  })
}

interface Temporary {
  readonly path: string
  readonly file: FileHandle
  /** The permissions of the replaced file, which the new file gets too. */
  readonly mode: number | undefined
  /** Reports that the file is no longer being written. */
  release(): void
}

class FileSink implements Sink {
  readonly name: string
  readonly isSeekable = true
  /** The path of the file that is created or replaced. */
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
      // Leftovers in a folder that can be written but not listed cannot be found.
      await removeStale(folder, name).catch(() => {})
      const { name: own, release } = await temporaryName(name)
      const path = join(folder, own)
      const mode = this.#overwrite ? await permissionsOf(this.#path) : undefined
      // The temporary file gets the final permissions at once, so that users who may not read the target cannot
      // read the temporary file either.
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
      // A nearly full disk writes only some of the bytes.
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

  /** A rename replaces an existing file. A hard link does not, but not every file system has hard links. */
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
