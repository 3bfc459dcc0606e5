// Files that an earlier run wrote and this run trusts: checkpoints, spool files, lists of stored objects. In a
// shared folder, other users could have written them. So a file is trusted only if it is a regular file, this user
// owns it, no other user can write it, and the same holds for its folder. docs/guarantees.md explains what that
// means for shared volumes. On Windows, the permissions of the profile folder replace these checks.

import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, stat } from 'node:fs/promises'
import { codeOf } from '../../../foreign/error.ts'
import { withDescriptor } from './descriptors.ts'
import { hasCode, isNowhere } from './system-error.ts'

const untrusted = 'EUNTRUSTED'

/** A file or folder that must not be trusted, with the reason: `belongs to user 1000, …`. */
export class UntrustedFile extends Error {
  readonly code = untrusted
  readonly path: string
  readonly why: string

  /** True if the file would be trusted with another owner or mode. */
  get isOfOthers(): boolean {
    return this.why !== notAFile
  }

  constructor(path: string, why: string) {
    super(`${path} ${why}`)
    this.path = path
    this.why = why
  }
}

export function isUntrusted(error: unknown): error is UntrustedFile {
  return hasCode(error, untrusted)
}

/** Which files are trusted. */
export interface Trust {
  /**
   * Also trusts files and folders that other users own or can write. Links, pipes and devices are never
   * trusted.
   */
  readonly ofOthers: boolean
}

/**
 * Opens a file. Does not follow a link and does not wait for the writer of a pipe.
 * @param flags the flags of open(2)
 * @throws {UntrustedFile}, or the system's error
 */
export async function openTrusted(path: string, flags: number, trust: Trust): Promise<FileHandle> {
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  let file: FileHandle
  try {
    file = await withDescriptor(() => open(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600))
  } catch (error) {
    if (otherThings.has(codeOf(error) ?? '')) throw new UntrustedFile(path, notAFile)
    throw error
  }
  try {
    checkFile(path, await file.stat(), trust)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * Reads a whole file.
 * @returns `undefined` if it does not exist
 * @throws {UntrustedFile}, or the system's error
 */
export async function readTrusted(path: string, trust: Trust): Promise<Buffer | undefined> {
  let file: FileHandle
  try {
    file = await openTrusted(path, constants.O_RDONLY, trust)
  } catch (error) {
    if (isNowhere(error)) return undefined
    throw error
  }
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/**
 * Checks a file that is opened later, in a folder that `checkFolder` has accepted.
 * @throws {UntrustedFile}, or the system's error
 */
export async function lookTrusted(path: string, trust: Trust): Promise<Stats> {
  const stats = await lstat(path)
  checkFile(path, stats, trust)
  return stats
}

/**
 * Checks a folder. A folder that does not exist is accepted.
 * @throws {UntrustedFile}, or the system's error
 */
export async function checkFolder(path: string, trust: Trust): Promise<void> {
  if (trust.ofOthers) return
  try {
    const stats = await stat(path)
    // In a folder with the sticky bit, other users can add files but cannot replace ours.
    const isSticky = (stats.mode & 0o1000) !== 0
    refuse(path, isSticky ? { ...ownership(stats), mode: 0 } : ownership(stats))
  } catch (error) {
    if (!isNowhere(error)) throw error
  }
}

/** The codes for opening a link, a folder, a socket, or a device without a driver. */
const otherThings = new Set(['ELOOP', 'EISDIR', 'ENXIO', 'ENODEV'])
const notAFile = 'is not a regular file'

function checkFile(path: string, stats: Stats, trust: Trust): void {
  if (!stats.isFile()) throw new UntrustedFile(path, notAFile)
  if (!trust.ofOthers) refuse(path, ownership(stats))
}

interface Ownership {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

function ownership({ uid, gid, mode }: Stats): Ownership {
  return { uid, gid, mode }
}

function refuse(path: string, owned: Ownership): void {
  const why = distrust(owned, { uid: process.geteuid?.(), gid: process.getegid?.() })
  if (why !== undefined) throw new UntrustedFile(path, why)
}

/**
 * Why this user must not trust something with that owner and mode; `undefined` if it can be trusted. Root can
 * write every file anyway, so files of root are trusted.
 */
export function distrust(
  { uid, gid, mode }: Ownership,
  me: { readonly uid: number | undefined; readonly gid: number | undefined },
): string | undefined {
  if (me.uid === undefined) return undefined
  if (uid !== me.uid && uid !== 0) {
    return `belongs to user ${uid}, but this process runs as user ${me.uid}`
  }
  if ((mode & 0o002) !== 0) return 'can be written by every user'
  // On systems where each user has a private group with the user's own number, umask 002 is usual and safe.
  const isPrivateGroup = gid === me.gid && gid === me.uid
  if ((mode & 0o020) !== 0 && !isPrivateGroup) return `can be written by group ${gid}`
  return undefined
}
