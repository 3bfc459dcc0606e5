// Finds the files of a folder, one by one, in the order of their keys: sorted by the bytes of their names, with a
// slash after the name of a folder. Memory holds the names of one folder at each depth.

import type { BigIntStats, Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Found, SkipReason } from '../../../batch/found.ts'
import type { Selection } from '../../../batch/selection.ts'
import { SourceError } from '../../../errors.ts'
import { withDescriptor } from '../platform/descriptors.ts'
import { lookAt, lookAtName } from './file-calls.ts'
import type { FileSystems } from './file-system.ts'
import { foundFile } from './found-file.ts'
import { realPathOf } from './real-path.ts'
import { sourceFault } from './source-fault.ts'

export interface WalkOptions {
  /** The key is this prefix and the path below the folder. */
  readonly prefix: string
  readonly selection: Selection
  /** True to follow links to files and folders. */
  readonly followLinks: boolean
  /** Real paths (see `realpath`) that are skipped wherever they are found. */
  readonly leftOut: readonly string[]
  readonly systems: FileSystems
}

type Kind = 'file' | SkipReason

interface Entry {
  /**
   * The bytes of the name, one character for each byte, with a slash after a folder's name. Entries are
   * sorted by it.
   */
  readonly sorted: string
  readonly kind: Kind
  /** Why a link cannot be followed. */
  readonly fault?: unknown
}

interface Level {
  /** The path of the folder. */
  readonly path: string
  /** The path below the root, with a slash at the end; empty for the root. */
  readonly below: string
  readonly entries: readonly Entry[]
  next: number
  /** Device and inode number, to recognise a folder that links lead back to; only if links are followed. */
  readonly identity: string | undefined
}

export async function* walk(root: string, options: WalkOptions): AsyncGenerator<Found> {
  const { prefix, selection, followLinks, systems } = options
  const leftOut = await pathsBelow(root, options.leftOut)
  const levels: Level[] = []

  const enter = async (path: string, below: string): Promise<Found | undefined> => {
    try {
      const identity = followLinks ? folderIdentity(await stat(path, { bigint: true })) : undefined
      if (identity !== undefined && levels.some(level => level.identity === identity)) {
        return { kind: 'other', path, key: prefix + below.slice(0, -1), reason: 'loop' }
      }
      const entries = await entriesOf(path, followLinks)
      levels.push({ path, below, entries, next: 0, identity })
      return undefined
    } catch (error) {
      return fault(path, prefix + below, sourceFault(error, path))
    }
  }

  const atRoot = await enter(root, '')
  if (atRoot !== undefined) yield atRoot
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const entry = level.entries[level.next++]
    if (entry === undefined) {
      levels.pop()
      continue
    }
    const isFolder = entry.kind === 'folder'
    const bytes = Buffer.from(isFolder ? entry.sorted.slice(0, -1) : entry.sorted, 'latin1')
    const name = decode(bytes)
    if (name === undefined) {
      // The name is not valid UTF-8. Its readable form decides whether the globs leave it out.
      const shown = bytes.toString()
      if (isWanted(selection, level.below + shown, isFolder)) {
        yield fault(join(level.path, shown), prefix + level.below + shown, notUnicode(shown))
      }
      continue
    }
    const path = join(level.path, name)
    const below = level.below + name
    if (leftOut.has(below) || !isWanted(selection, below, isFolder)) continue
    if (isFolder) {
      const found = await enter(path, `${below}/`)
      if (found !== undefined) yield found
    } else if (entry.fault !== undefined) {
      yield fault(path, prefix + below, sourceFault(entry.fault, path))
    } else if (entry.kind !== 'file') {
      yield { kind: 'other', path, key: prefix + below, reason: entry.kind }
    } else yield await fileAt(path, prefix + below)
  }

  async function fileAt(path: string, key: string): Promise<Found> {
    try {
      const look = followLinks ? lookAt : lookAtName
      const stats = await look(path)
      const system = await systems.of(path, stats.dev)
      return foundFile(path, key, stats, system, systems)
    } catch (error) {
      return fault(path, key, sourceFault(error, path))
    }
  }
}

/** The paths that are in the folder, relative to it. */
async function pathsBelow(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set()
  const real = await realPathOf(root)
  return new Set(
    paths.map(path => relative(real, path).split(sep).join('/')).filter(path => path !== ''),
  )
}

function isWanted(selection: Selection, below: string, isFolder: boolean): boolean {
  return isFolder ? selection.entersFolder(below) : selection.hasFile(below)
}

async function entriesOf(path: string, followLinks: boolean): Promise<Entry[]> {
  // As bytes, because a name may be invalid UTF-8.
  const all = await withDescriptor(() => readdir(path, { encoding: 'buffer', withFileTypes: true }))
  const entries: Entry[] = []
  for (const one of all) {
    const name = one.name.toString('latin1')
    const entry = await entryOf(one, name, followLinks ? path : undefined)
    entries.push(entry)
  }
  return entries.sort((a, b) => (a.sorted < b.sorted ? -1 : a.sorted > b.sorted ? 1 : 0))
}

/** @param folder given if links are followed */
async function entryOf(
  one: Dirent<Buffer>,
  name: string,
  folder: string | undefined,
): Promise<Entry> {
  if (!one.isSymbolicLink() || folder === undefined) return named(name, kindOf(one))
  const path = Buffer.concat([Buffer.from(join(folder, '/')), one.name])
  try {
    return named(name, kindOf(await stat(path)))
  } catch (fault) {
    return { sorted: name, kind: 'symlink', fault }
  }
}

function named(name: string, kind: Kind): Entry {
  return { sorted: kind === 'folder' ? `${name}/` : name, kind }
}

/** The kind of a directory entry. Links are not followed. */
export function kindOf(
  one: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket'>,
): Kind {
  if (one.isFile()) return 'file'
  if (one.isDirectory()) return 'folder'
  if (one.isSymbolicLink()) return 'symlink'
  if (one.isFIFO()) return 'fifo'
  return one.isSocket() ? 'socket' : 'device'
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(name: Buffer): string | undefined {
  try {
    return utf8.decode(name)
  } catch {
    return undefined
  }
}

function folderIdentity({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`
}

function fault(path: string, key: string, error: unknown): Found {
  if (!(error instanceof SourceError)) throw error
  return { kind: 'fault', path, key, error }
}

function notUnicode(shown: string): SourceError {
  return new SourceError('NAME_NOT_UNICODE', `The name ${shown} is not valid UTF-8`, {
    hint: 'Keys are UTF-8: rename it, for instance with convmv',
  })
}
