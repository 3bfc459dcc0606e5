// Who owns a lock, and whether that owner is alive. A process can be proven dead if both processes share boot and
// pid namespace, because only then does a pid mean the same process. A live process proves little: the owner may be
// a thread of it that has ended, or a discarded copy of this module. So the thread is checked too, and then the
// heartbeat.

import { randomBytes } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { hasCode } from './system-error.ts'

export interface LockOwner {
  /** A unique string for each owner, so that a later owner in the same process is recognised as another one. */
  readonly nonce: string
  /** The same for all owners of one copy of this module. Each thread, realm and bundle has its own copy. */
  readonly instance?: string
  readonly host: string
  /** Identifies the boot of the system; absent where that is not known. */
  readonly boot?: string
  readonly pidNamespace?: string
  readonly pid: number
  /** When the process started, in ticks since boot. A later process with the same pid has another start time. */
  readonly startTime?: string
  /** The thread: its number in the kernel and its start time, `1234 56789`. Linux only. */
  readonly thread?: string
  readonly since: number
}

/** The time of three heartbeats. An owner that showed a heartbeat within this time is alive, if its process is alive. */
export const freshMs = 15_000

/** Milliseconds of a clock that all processes of a system share. The clock stops while the machine sleeps. */
export function systemMonotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}

let instance: string | undefined
/** The nonces of the locks that this copy of the module owns or is taking. */
const held = new Set<string>()

/** Marks the owner as alive until `release`. Other owners of this copy see the release at once. */
export function hold({ nonce }: Pick<LockOwner, 'nonce'>): void {
  held.add(nonce)
}

export function release({ nonce }: Pick<LockOwner, 'nonce'>): void {
  held.delete(nonce)
}

/** Describes this thread of this process as an owner. */
export async function currentOwner(since: number): Promise<LockOwner> {
  instance ??= randomBytes(8).toString('hex')
  return {
    nonce: randomBytes(8).toString('hex'),
    instance,
    host: hostname(),
    pid: process.pid,
    since,
    ...(process.platform === 'linux' ? await linuxProcess() : { boot: onlyHost() }),
  }
}

/** Systems without /proc have no pid namespaces either, so only the host's name distinguishes them. */
function onlyHost(): string {
  return `${process.platform} ${hostname()}`
}

type ProcessIdentity = Pick<LockOwner, 'boot' | 'pidNamespace' | 'startTime' | 'thread'>

/** The identity of this process. It never changes, and reading it needs scarce descriptors, so it is kept. */
let known: ProcessIdentity | undefined

async function linuxProcess(): Promise<ProcessIdentity> {
  if (known !== undefined) return known
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const pidNamespace = await readlink('/proc/self/ns/pid')
    // A /proc of another pid namespace would describe another process that has our pid there.
    if (!(await readFile('/proc/self/stat', 'utf8')).startsWith(`${process.pid} `)) return {}
    const startTime = (await readStatus(`/proc/${process.pid}/stat`))?.startTime
    const thread = await currentThread()
    if (startTime === undefined) return {}
    known = { boot, pidNamespace, startTime, ...(thread !== undefined && { thread }) }
    return known
  } catch {
    return {}
  }
}

async function currentThread(): Promise<string | undefined> {
  try {
    // The kernel answers for the calling thread, so the call must be synchronous. /proc is in memory, so it does
    // not block.
    const [, tid] = /^\d+\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? []
    const startTime = (await readStatus(`/proc/self/task/${tid}/stat`))?.startTime
    return tid === undefined || startTime === undefined ? undefined : `${tid} ${startTime}`
  } catch {
    return undefined
  }
}

/** The same string for owners that share pids; `undefined` if their processes cannot be compared. */
export function systemOf({ boot, pidNamespace }: LockOwner): string | undefined {
  return boot === undefined ? undefined : `${boot} ${pidNamespace ?? ''}`
}

/**
 * Whether an owner is alive. `unknown` if only watching its heartbeat can show it.
 * @param beatAt the owner's last heartbeat, on the clock of `systemMonotonicMs`
 */
export async function fateOf(
  owner: LockOwner,
  me: LockOwner,
  beatAt?: number,
): Promise<'alive' | 'dead' | 'unknown'> {
  if (owner.instance !== undefined && owner.instance === me.instance) {
    return held.has(owner.nonce) ? 'alive' : 'dead'
  }
  const system = systemOf(owner)
  if (system === undefined || system !== systemOf(me)) return 'unknown'
  if (!isRunning(owner.pid)) return 'dead'
  const found = await readStatus(`/proc/${owner.pid}/stat`)
  // A running process with this pid may be a later one. Only the start time distinguishes them.
  if (found === undefined || owner.startTime === undefined) return 'unknown'
  if (found.startTime !== owner.startTime || found.state === 'Z' || found.state === 'X')
    return 'dead'
  if (await threadHasEnded(owner)) return 'dead'
  // A suspended process (Ctrl-Z, a debugger) has no heartbeat, but will continue later.
  if (found.state === 'T' || found.state === 't') return 'alive'
  const silentMs = beatAt === undefined ? Number.NaN : systemMonotonicMs() - beatAt
  return silentMs >= 0 && silentMs < freshMs ? 'alive' : 'unknown'
}

async function threadHasEnded({ pid, thread }: LockOwner): Promise<boolean> {
  const [, tid, startTime] = /^(\d+) (\d+)$/.exec(thread ?? '') ?? []
  if (tid === undefined) return false
  try {
    const text = await readFile(`/proc/${pid}/task/${tid}/stat`, 'utf8')
    return parseStatus(text)?.startTime !== startTime
  } catch (error) {
    return hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !hasCode(error, 'ESRCH')
  }
}

interface Status {
  readonly startTime: string
  /** The state of the process, as one letter of ps(1). */
  readonly state: string
}

/** The state of a process; `undefined` without /proc, and for a process that ended or is hidden. */
async function readStatus(path: string): Promise<Status | undefined> {
  try {
    return parseStatus(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * The command's name is in parentheses and may contain any character, so fields are counted from its end: the
 * state is field 3, the start time field 22.
 */
function parseStatus(stat: string): Status | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  return state === undefined || startTime === undefined ? undefined : { state, startTime }
}

/** Parses the first line of a lock file; `undefined` for an empty or incomplete file. */
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
