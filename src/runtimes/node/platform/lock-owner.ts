// Who owns a lock, and whether that owner is still alive. A process can be proven dead where its pid means
// the same process for both: within one boot and one pid namespace. A process that lives proves little: the
// owner may be a thread of it that has ended, or a copy of this module that was thrown away. So its thread
// is looked at too, and then its heartbeat.

import { randomBytes } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { hasCode } from './system-error.ts'

export interface LockOwner {
  /** Never the same twice: tells this owner from a later one in the same process. */
  readonly nonce: string
  /** The same for all owners of one copy of this module: a thread, a realm or a bundle has its own. */
  readonly instance?: string
  readonly host: string
  /** Equal only for processes of one running system; absent where that is not known. */
  readonly boot?: string
  readonly pidNamespace?: string
  readonly pid: number
  /** When the process started, in ticks since boot: tells it from a later one of the same pid. */
  readonly startTime?: string
  /** The thread, by its number in the kernel and when it started: `1234 56789`. Linux only. */
  readonly thread?: string
  readonly since: number
}

/** An owner whose last beat is not older than this lives, if its process does. Three beats. */
export const freshMs = 15_000

/** Milliseconds on a clock that all processes of a running system share. Stops while the machine sleeps. */
export function systemMonotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}

let instance: string | undefined
/** The nonces of the locks that this copy of the module holds or is about to take. */
const held = new Set<string>()

/** Says that the owner lives until `release`: others of this copy see at once that it is released. */
export function hold({ nonce }: Pick<LockOwner, 'nonce'>): void {
  held.add(nonce)
}

export function release({ nonce }: Pick<LockOwner, 'nonce'>): void {
  held.delete(nonce)
}

/** This thread of this process as an owner. */
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

/** Systems without /proc have no pid namespaces either; the host's name is all that tells them apart. */
function onlyHost(): string {
  return `${process.platform} ${hostname()}`
}

type ProcessIdentity = Pick<LockOwner, 'boot' | 'pidNamespace' | 'startTime' | 'thread'>

/** It does not change, and reading it takes descriptors that may be scarce. */
let known: ProcessIdentity | undefined

async function linuxProcess(): Promise<ProcessIdentity> {
  if (known !== undefined) return known
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const pidNamespace = await readlink('/proc/self/ns/pid')
    // A /proc of another namespace would describe another process with our pid.
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
    // Only a call that is made by this very thread tells which one it is. /proc is in memory.
    const [, tid] = /^\d+\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? []
    const startTime = (await readStatus(`/proc/self/task/${tid}/stat`))?.startTime
    return tid === undefined || startTime === undefined ? undefined : `${tid} ${startTime}`
  } catch {
    return undefined
  }
}

/** Equal for owners whose pids mean the same; `undefined` where nothing can be said of their processes. */
export function systemOf({ boot, pidNamespace }: LockOwner): string | undefined {
  return boot === undefined ? undefined : `${boot} ${pidNamespace ?? ''}`
}

/**
 * `unknown` where only a heartbeat that is watched can tell.
 * @param beatAt the last beat that the owner has shown, on the clock of `systemMonotonicMs`
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
  // A pid that runs may belong to another process by now; only the start time tells.
  if (found === undefined || owner.startTime === undefined) return 'unknown'
  if (found.startTime !== owner.startTime || found.state === 'Z' || found.state === 'X')
    return 'dead'
  if (await threadHasEnded(owner)) return 'dead'
  // A stopped process (Ctrl-Z, a debugger) shows no heartbeat and continues later.
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
  /** One letter, as of ps(1). */
  readonly state: string
}

/** `undefined` without /proc, and for a process that ended or is hidden. */
async function readStatus(path: string): Promise<Status | undefined> {
  try {
    return parseStatus(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * The command's name is in parentheses and may hold anything, so count from its end: the state is
 * field 3, the start time field 22.
 */
function parseStatus(stat: string): Status | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  return state === undefined || startTime === undefined ? undefined : { state, startTime }
}

/** The first line of a lock file; `undefined` for an empty or half-written file. */
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
