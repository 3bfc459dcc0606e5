// Files that are being written lie beside their target, under a name that says whose they are: what a
// process that was killed left is found by the next run and removed, what another one writes is not.

import { createHash, randomBytes } from 'node:crypto'
import { opendir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { currentOwner, fateOf, type LockOwner } from '../platform/lock-owner.ts'

/** Of a process on another machine, or before a restart, only time can tell. */
const abandonedMs = 24 * 3_600_000

/** `.ossup-` target, system, pid, start time, nonce. */
const pattern = /^\.ossup-([0-9a-f]{16})-([0-9a-f]{16})-(\d+)-(\d+)-[0-9a-f]{16}$/

/** A name, new each time, for a file that is to become `name`. */
export async function temporaryName(name: string): Promise<string> {
  const me = await currentOwner(0)
  return `.ossup-${tag(name)}-${systemOf(me)}-${me.pid}-${me.startTime ?? 0}-${randomBytes(8).toString('hex')}`
}

/** A file that is, or was, to become another. */
export interface Temporary {
  readonly path: string
  readonly pid: number
  /** Whether its process still lives; where that cannot be told, a day is enough to be dead. */
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
    const [, target, system, pid, startTime] = pattern.exec(entry.name) ?? []
    if (target !== tag(name)) continue
    const path = join(folder, entry.name)
    const owner: LockOwner = {
      nonce: '',
      host: '',
      since: 0,
      pid: Number(pid),
      ...(startTime !== '0' && startTime !== undefined && { startTime }),
      ...(system === systemOf(me) && whereOf(me)),
    }
    const fate = await fateOf(owner, me)
    const isDead = fate === 'unknown' && (await isOld(path))
    yield { path, pid: owner.pid, fate: isDead ? 'dead' : fate }
  }
}

function whereOf({ boot, pidNamespace }: LockOwner): Partial<LockOwner> {
  return {
    ...(boot !== undefined && { boot }),
    ...(pidNamespace !== undefined && { pidNamespace }),
  }
}

/** Equal for processes whose pids mean the same; never for two that cannot tell. */
function systemOf(me: LockOwner): string {
  const { boot, pidNamespace } = me
  return boot === undefined ? '0'.repeat(16) : tag(`${boot} ${pidNamespace ?? ''}`)
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
