// V8's compiled form of the command's code, kept from one start to the next (docs/internals/decisions/0009-code-cache.md).
// Nothing here is needed: whatever goes wrong, the code is compiled as if there were no cache.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** One a command, and room for another version of ossup or Node.js. The oldest go. */
export const filesMax = 32
const prefix = 'code-'
const hashSize = 32

/** What the compiled form depends on. */
export interface Compiled {
  readonly version: string
  /** Of the source: V8 compares its length only. */
  readonly hash: string
  /** Of V8, its flags and the processor, as V8 has it. */
  readonly tag: number
  /** Each has its own: it holds the functions that a run of it went through. */
  readonly command: string
}

export function cacheFile(folder: string, { version, hash, tag, command }: Compiled): string {
  const node = `${process.version}-${process.arch}-${tag.toString(16)}`
  return join(folder, `${prefix}${version}-${hash}-${node}-${command}`)
}

/**
 * The compiled form of each script. `undefined` if there is none, or none that is ours alone and whole: V8
 * itself would run a damaged one.
 */
export function readCache(folder: string, file: string): Map<string, Buffer> | undefined {
  try {
    if (!isOurs(lstatSync(folder))) return undefined
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      const stats = fstatSync(descriptor)
      if (!stats.isFile() || !isOurs(stats)) return undefined
      const content = readFileSync(descriptor)
      const data = content.subarray(hashSize)
      return content.length > hashSize && hashOf(data).equals(content.subarray(0, hashSize))
        ? unpack(data)
        : undefined
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/**
 * Others see the old file or the whole new one. A folder that is not ours is left alone.
 * @param make gives the data; it takes its time, so it is asked once there is a place for them
 */
export function writeCache(
  folder: string,
  file: string,
  make: () => ReadonlyMap<string, Buffer>,
): void {
  const fresh = `${file}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOurs(lstatSync(folder))) return
    const descriptor = openSync(fresh, 'wx', 0o600)
    try {
      fill(descriptor, pack(make()))
      renameSync(fresh, file)
    } catch (error) {
      rmSync(fresh, { force: true })
      throw error
    }
    removeOldest(folder)
  } catch {
    // A full disk, or a home that cannot be written.
  }
}

function fill(descriptor: number, data: Buffer): void {
  try {
    writeFileSync(descriptor, Buffer.concat([hashOf(data), data]))
  } finally {
    closeSync(descriptor)
  }
}

/** One line that tells names and sizes, and then what is in them. */
function pack(compiled: ReadonlyMap<string, Buffer>): Buffer {
  const sizes = Object.fromEntries([...compiled].map(([name, { length }]) => [name, length]))
  return Buffer.concat([Buffer.from(`${JSON.stringify(sizes)}\n`), ...compiled.values()])
}

function unpack(data: Buffer): Map<string, Buffer> {
  let start = data.indexOf('\n') + 1
  const sizes: Record<string, number> = JSON.parse(data.toString('latin1', 0, start))
  const compiled = new Map<string, Buffer>()
  for (const [name, size] of Object.entries(sizes)) {
    compiled.set(name, data.subarray(start, start + size))
    start += size
  }
  return compiled
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter(name => name.startsWith(prefix))
    .map(name => join(folder, name))
    .map(path => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of files.slice(filesMax)) rmSync(path, { force: true })
}

/** Nobody else can have written it. On Windows the profile's own rights see to that. */
function isOurs({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
}

function hashOf(data: Uint8Array): Buffer {
  // Not imported: the start of `--version` and of the help does without it.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(data).digest()
}
