// Files that are being written lie beside their target, under a name that says whose they are: the next run
// finds and removes what a killed process or an ended thread left, and leaves alone what another one writes.

import { createHash, randomBytes } from 'node:crypto'
import { opendir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  currentOwner,
  fateOf,
  hold,
  type LockOwner,
  release,
  systemMonotonicMs,
  systemOf,
} from '../platform/lock-owner.ts'

/** For an owner that cannot be seen to live or to be dead, the file's age decides. */
const abandonedMs = 24 * 3_600_000

/** `.ossup-` target, system, process (pid, start time), thread (number, start time), copy of this module, nonce. */
const pattern =
  /^\.ossup-([0-9a-f]{16})-([0-9a-f]{16})-(\d+)-(\d+)-(\d+)-(\d+)-([0-9a-f]{16})-([0-9a-f]{16})$/

/** A name for a file that is to become another. */
export interface TemporaryName {
  readonly name: string
  /** Says that the file is not written any more. If it was left behind, the next run removes it. */
  release(): void
}

/** A name, new each time, for a file that is to become `name`. */
export async function temporaryName(name: string): Promise<TemporaryName> {
  const me = await currentOwner(0)
  const nonce = randomBytes(8).toString('hex')
  hold({ nonce })
  const thread = me.thread?.replace(' ', '-') ?? '0-0'
  const start = me.startTime ?? 0
  return {
    name: `.ossup-${tag(name)}-${systemTag(me)}-${me.pid}-${start}-${thread}-${me.instance}-${nonce}`,
    release: () => release({ nonce }),
  }
}

/** A file that is, or was, to become another. */
export interface Temporary {
  readonly path: string
  readonly pid: number
  /** Whether its owner lives; where that cannot be told, a file of more than a day has a dead one. */
  readonly fate: 'alive' | 'dead' | 'unknown'
}

/** Removes what runs that have ended left of files that were to become `name`. */
export async function removeStale(folder: string, name: string): Promise<void> {
  for await (const { path, fate } of temporariesOf(folder, name)) {
    if (fate === 'dead') await unlink(path).catch(() => {})
  }
}

/** The files in a folder that are to become `name`. */
export async function* temporariesOf(folder: string, name: string): AsyncGenerator<Temporary> {
  const me = await currentOwner(0)
  for await (const entry of await opendir(folder)) {
    const [, target, system, pid, startTime, tid, tidStart, instance, nonce] =
      pattern.exec(entry.name) ?? []
    if (target !== tag(name)) continue
    const path = join(folder, entry.name)
    const owner: LockOwner = {
      nonce: nonce ?? '',
      host: '',
      since: 0,
      pid: Number(pid),
      ...(instance !== undefined && { instance }),
      ...(startTime !== '0' && startTime !== undefined && { startTime }),
      ...(tid !== '0' && { thread: `${tid} ${tidStart}` }),
      ...(system === systemTag(me) && whereOf(me)),
    }
    const isAbandoned = await isOld(path)
    // No heartbeat: a thread that lives is at work, unless the file has not changed for a day.
    const fate = await fateOf(owner, me, isAbandoned ? undefined : systemMonotonicMs())
    yield { path, pid: owner.pid, fate: fate === 'unknown' && isAbandoned ? 'dead' : fate }
  }
}

function whereOf({ boot, pidNamespace }: LockOwner): Partial<LockOwner> {
  return {
    ...(boot !== undefined && { boot }),
    ...(pidNamespace !== undefined && { pidNamespace }),
  }
}

/** Equal for processes whose pids mean the same; never for two that cannot tell. */
function systemTag(me: LockOwner): string {
  const system = systemOf(me)
  return system === undefined ? '0'.repeat(16) : tag(system)
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > abandonedMs
  } catch {
    return false
  }
}

function tag(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
