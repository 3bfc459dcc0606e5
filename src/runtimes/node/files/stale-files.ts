// Temporary files beside their targets. The name of a temporary file contains its owner. So the next run can find
// and remove the files of dead processes and threads, and leaves the files of live owners alone.

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

/** If it cannot be found out whether an owner is alive, the file's age decides. */
const abandonedMs = 24 * 3_600_000

/** `.ossup-` target, system, process (pid, start time), thread (number, start time), copy of this module, nonce. */
const pattern =
  /^\.ossup-([0-9a-f]{16})-([0-9a-f]{16})-(\d+)-(\d+)-(\d+)-(\d+)-([0-9a-f]{16})-([0-9a-f]{16})$/

/** The name of a temporary file. */
export interface TemporaryName {
  readonly name: string
  /** Reports that the file is no longer being written. If it still exists, the next run removes it. */
  release(): void
}

/** Creates a new, unique name for a temporary file whose target is `name`. */
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

/** A temporary file. */
export interface Temporary {
  readonly path: string
  readonly pid: number
  /** Whether the owner of the file is alive. If that cannot be found out, a file older than a day counts as abandoned. */
  readonly fate: 'alive' | 'dead' | 'unknown'
}

/** Removes the temporary files of `name` whose owners are dead. */
export async function removeStale(folder: string, name: string): Promise<void> {
  for await (const { path, fate } of temporariesOf(folder, name)) {
    if (fate === 'dead') await unlink(path).catch(() => {})
  }
}

/** The temporary files in a folder whose target is `name`. */
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
    // There is no heartbeat: a live thread counts as writing the file, unless the file has not changed for a day.
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

/** The same string for processes that share pids; a different string whenever that is not certain. */
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
