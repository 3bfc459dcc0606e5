// Who owns a lock, and whether that process is still there. Its death can be proven only where its
// pid means the same process for both: within one boot and one pid namespace.

import { randomBytes } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { JournalOwner } from '../../../journal/ownership.ts'

export interface LockOwner extends JournalOwner {
  /** Never the same twice: tells this owner from a later one in the same process. */
  readonly nonce: string
  readonly host: string
  /** Equal only for processes of one running system; absent where that is not known. */
  readonly boot?: string
  readonly pidNamespace?: string
  readonly pid: number
  /** When the process began, in ticks since boot: tells it from a later one of the same pid. */
  readonly startTime?: string
  readonly since: number
}

/** This process as an owner. */
export async function currentOwner(since: number): Promise<LockOwner> {
  return {
    nonce: randomBytes(8).toString('hex'),
    host: hostname(),
    pid: process.pid,
    since,
    ...(process.platform === 'linux' ? await linuxProcess() : { boot: onlyHost() }),
  }
}

/** Systems without /proc have no pid namespaces either; the host's name is all that tells them apart. */
function onlyHost(): string {
  return `${process.platform} ${hostname()}`
}

async function linuxProcess(): Promise<Partial<LockOwner>> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const pidNamespace = await readlink('/proc/self/ns/pid')
    // A /proc of another namespace would tell of another process with our pid.
    if (!(await readFile('/proc/self/stat', 'utf8')).startsWith(`${process.pid} `)) return {}
    const startTime = (await readProcess(process.pid))?.startTime
    return startTime === undefined ? {} : { boot, pidNamespace, startTime }
  } catch {
    return {}
  }
}

/** `unknown` where only the heartbeat can tell. */
export async function fateOf(
  owner: LockOwner,
  me: LockOwner,
): Promise<'alive' | 'dead' | 'unknown'> {
  if (owner.boot === undefined || owner.boot !== me.boot) return 'unknown'
  if (owner.pidNamespace !== me.pidNamespace) return 'unknown'
  if (!isRunning(owner.pid)) return 'dead'
  const found = await readProcess(owner.pid)
  // A pid that runs may belong to another process by now; only the start time tells.
  if (found === undefined || owner.startTime === undefined) return 'unknown'
  return found.startTime === owner.startTime && !found.isZombie ? 'alive' : 'dead'
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** `undefined` without /proc, and for a process that ended or is hidden. */
async function readProcess(
  pid: number,
): Promise<{ startTime: string; isZombie: boolean } | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The command's name stands in parentheses and may hold anything, so count from its end: the
    // state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const startTime = fields[19]
    if (startTime === undefined) return undefined
    return { startTime, isZombie: fields[0] === 'Z' || fields[0] === 'X' }
  } catch {
    return undefined
  }
}

/** The first line of a lock file; `undefined` for one that is not (or not yet wholly) written. */
export function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner: Partial<LockOwner> = JSON.parse(text.slice(0, text.indexOf('\n')))
    const { nonce, host, pid, since } = owner
    if (typeof nonce !== 'string' || typeof host !== 'string' || typeof since !== 'number') {
      return undefined
    }
    if (!Number.isInteger(pid) || (pid ?? 0) < 1) return undefined
    return owner as LockOwner
  } catch {
    return undefined
  }
}
