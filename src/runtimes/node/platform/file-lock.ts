// Gives one name in a directory one owner, by files `<name>.lock.<generation>`:
// docs/internals/decisions/0003-one-owner.md. To claim the lock, a process creates a file exclusively, with a
// generation above all others. The claim is valid once no other live or unknown owner exists. Only then does the
// process remove the files of dead owners. An owner that finds another's file in place of its own has lost the
// lock: the other process considered it dead. An owner that finds no file at all creates its file again.

import { type FileHandle, open, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../../../ports.ts'
import { withDescriptor } from './descriptors.ts'
import { makeDirectory } from './durable-directory.ts'
import {
  currentOwner,
  fateOf,
  freshMs,
  hold,
  type LockOwner,
  parseOwner,
  release,
  systemMonotonicMs,
} from './lock-owner.ts'
import { hasCode } from './system-error.ts'
import { isUntrusted, readTrusted } from './trusted-file.ts'

/** The time between two heartbeats of an owner. */
const beatMs = 5_000
/** An owner without a heartbeat for this time counts as dead. */
const deathMs = 30_000
/** The time between two checks of another owner's heartbeat. */
const lookMs = 1_000
/** An owner that sent no heartbeat for this time was suspended, and checks whether it still has the lock. */
const asleepMs = freshMs

/** An owner as named in messages. */
export interface SeenOwner {
  readonly host: string
  readonly pid: number
  /** When the owner took the lock, in epoch milliseconds of the owner's clock. */
  readonly since: number
}

/** The errors that the lock throws. The user of the lock chooses them. */
export interface LockErrors {
  /** Another live owner has the lock. */
  busy(owner: SeenOwner): Error
  /** Another process considered this owner dead and took the lock. */
  lost(): Error
  /** The lock's file was removed and cannot be created again. */
  gone(path: string, cause: unknown): unknown
}

export class FileLock {
  readonly #name: string
  readonly #path: string
  #file: FileHandle
  readonly #owner: LockOwner
  readonly #ownerSize: number
  readonly #clock: Clock
  readonly #errors: LockErrors
  readonly #timer: NodeJS.Timeout
  #provenAt: { monotonic: number; now: number }
  #wasGone = false

  constructor(path: string, file: FileHandle, owner: LockOwner, clock: Clock, errors: LockErrors) {
    this.#path = path
    this.#name = basename(path).replace(/\.lock\.\d+$/, '')
    this.#file = file
    this.#owner = owner
    this.#ownerSize = Buffer.byteLength(ownerLine(owner))
    this.#clock = clock
    this.#errors = errors
    this.#provenAt = { monotonic: clock.monotonic(), now: clock.now() }
    this.#timer = setInterval(() => this.#beat(), beatMs)
    this.#timer.unref()
  }

  /** True if the lock's file, and perhaps its folder, was removed. Another owner may have had the lock since. */
  get wasGone(): boolean {
    return this.#wasGone
  }

  /**
   * Creates the lock's file again if it was removed and no other owner has the lock.
   * @throws the error `lost` if another process took the lock
   */
  async check(): Promise<void> {
    if (!(await this.#isOurs())) await this.#makeAgain()
  }

  async #isOurs(): Promise<boolean> {
    const text = await readLock(this.#path)
    if (text === undefined) return false
    if (parseOwner(text)?.nonce !== this.#owner.nonce) throw this.#errors.lost()
    this.#provenAt = { monotonic: this.#clock.monotonic(), now: this.#clock.now() }
    return true
  }

  async #makeAgain(): Promise<void> {
    const directory = dirname(this.#path)
    try {
      await makeDirectory(directory)
      const file = await createExclusively(this.#path, this.#owner)
      if (file !== undefined) {
        await this.#file.close()
        this.#file = file
        this.#wasGone = true
      }
    } catch (error) {
      throw this.#errors.gone(join(directory, this.#name), error)
    }
    // Of two checks at the same time, only one creates the file. The other finds that the file is ours.
    if (!(await this.#isOurs())) throw this.#errors.lost()
    const all = await generations(directory, this.#name)
    if (all.some(generation => lockPath(directory, this.#name, generation) !== this.#path)) {
      throw this.#errors.lost()
    }
  }

  /**
   * Runs `check` if this process may have been suspended. It is fast enough to run before every append. Both
   * clocks are compared, because the monotonic one stops while a machine sleeps.
   * @returns `undefined` if there is nothing to wait for
   */
  checkAfterSleep(): Promise<void> | undefined {
    const { monotonic, now } = this.#provenAt
    const slept = Math.max(this.#clock.monotonic() - monotonic, Math.abs(this.#clock.now() - now))
    return slept > asleepMs ? this.check() : undefined
  }

  async release(): Promise<void> {
    clearInterval(this.#timer)
    // This happens even if the file cannot be removed: the file then names an owner that has released the lock.
    release(this.#owner)
    await this.#file.close()
    const text = await readLock(this.#path)
    if (parseOwner(text ?? '')?.nonce === this.#owner.nonce) await unlinkIfThere(this.#path)
  }

  /** Writes a heartbeat. If one fails, the next one replaces it. */
  #beat(): void {
    const text = Buffer.from(beatLine(systemMonotonicMs()))
    this.#file
      .write(text, 0, text.length, this.#ownerSize)
      .then(() => this.#isOurs())
      .catch(() => {})
  }
}

/**
 * Takes the lock of a name in a directory. Watches another owner for up to 30 s if only its heartbeat can
 * show whether it is alive.
 * @throws the error `busy` while another owner is alive
 */
export async function acquireLock(
  directory: string,
  name: string,
  clock: Clock,
  errors: LockErrors,
): Promise<FileLock> {
  const me = await currentOwner(clock.now())
  hold(me)
  try {
    return await acquire(directory, name, clock, errors, me)
  } catch (error) {
    release(me)
    throw error
  }
}

async function acquire(
  directory: string,
  name: string,
  clock: Clock,
  errors: LockErrors,
  me: LockOwner,
): Promise<FileLock> {
  const pathOf = (generation: number) => lockPath(directory, name, generation)
  /** The first lines of the lock files of dead owners, by generation. */
  const dead = new Map<number, string>()
  const isKnownDead = async (generation: number) => {
    const text = await readLock(pathOf(generation))
    return text === undefined || (dead.has(generation) && dead.get(generation) === firstLine(text))
  }
  for (;;) {
    let top = 0
    for (const generation of await generations(directory, name)) {
      top = Math.max(top, generation)
      if (await isKnownDead(generation)) continue
      const line = await watchUntilDead(pathOf(generation), me, clock, errors)
      if (line !== undefined) dead.set(generation, line)
    }
    const mine = top + 1
    const file = await createExclusively(pathOf(mine), me)
    if (file === undefined) continue
    const strangers: number[] = []
    for (const generation of await generations(directory, name)) {
      if (generation !== mine && !(await isKnownDead(generation))) strangers.push(generation)
    }
    if (strangers.length === 0) {
      for (const generation of dead.keys()) {
        if (generation < mine && (await isKnownDead(generation))) {
          await unlinkIfThere(pathOf(generation))
        }
      }
      return new FileLock(pathOf(mine), file, me, clock, errors)
    }
    // Another process claimed the lock at the same time, after it read an older or newer state of the folder.
    await file.close()
    await unlinkIfThere(pathOf(mine))
  }
}

/**
 * Finds the owner of the lock without waiting. The result is not certain if only a heartbeat could show
 * whether the owner is alive.
 */
export async function ownerOf(
  directory: string,
  name: string,
  clock: Clock,
): Promise<(SeenOwner & { readonly isCertain: boolean }) | undefined> {
  const me = await currentOwner(clock.now())
  for (const generation of await generations(directory, name)) {
    const text = (await readLock(lockPath(directory, name, generation))) ?? ''
    const owner = parseOwner(text)
    const fate = owner === undefined ? 'dead' : await fateOf(owner, me, beatOf(text))
    if (owner === undefined || fate === 'dead') continue
    return { ...publicly(owner), isCertain: fate === 'alive' }
  }
  return undefined
}

/**
 * Resolves to the owner's line once the owner is dead, or to `undefined` if its file was removed.
 * @throws the error `busy` as soon as the owner shows a heartbeat
 */
async function watchUntilDead(
  path: string,
  me: LockOwner,
  clock: Clock,
  errors: LockErrors,
): Promise<string | undefined> {
  let stillMs = 0
  let last = await readLock(path)
  while (last !== undefined) {
    const owner = parseOwner(last)
    const fate = owner === undefined ? 'unknown' : await fateOf(owner, me, beatOf(last))
    if (owner !== undefined && fate === 'alive') throw errors.busy(publicly(owner))
    if (fate === 'dead' || stillMs >= deathMs) return firstLine(last)
    const lookedAt = clock.monotonic()
    await clock.sleep(lookMs)
    const next = await readLock(path)
    // A check may take long because the network or this process was suspended. It counts only as long as a short
    // one, because the owner may have been suspended for the same reason.
    stillMs += Math.min(clock.monotonic() - lookedAt, 2 * lookMs)
    if (next !== last) {
      if (owner !== undefined && next !== undefined && firstLine(next) === firstLine(last)) {
        throw errors.busy(publicly(owner))
      }
      stillMs = 0
    }
    last = next
  }
  return undefined
}

async function createExclusively(path: string, owner: LockOwner): Promise<FileHandle | undefined> {
  let file: FileHandle
  try {
    file = await withDescriptor(() => open(path, 'wx', 0o600))
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined
    throw error
  }
  try {
    await file.write(ownerLine(owner) + beatLine(systemMonotonicMs()))
    // After a power cut, an unsynced lock file is empty. An empty lock file must be watched for 30 s, because its
    // owner may be writing to it. So the file is synced.
    await file.datasync()
    return file
  } catch (error) {
    await file.close()
    await unlinkIfThere(path)
    throw error
  }
}

function lockPath(directory: string, name: string, generation: number): string {
  return join(directory, `${name}.lock.${generation}`)
}

async function generations(directory: string, name: string): Promise<number[]> {
  const prefix = `${name}.lock.`
  return (await withDescriptor(() => readdir(directory)))
    .filter(entry => entry.startsWith(prefix) && /^[1-9]\d{0,14}$/.test(entry.slice(prefix.length)))
    .map(entry => Number(entry.slice(prefix.length)))
}

/** The lock of another user counts too. At worst, it makes the upload busy. */
async function readLock(path: string): Promise<string | undefined> {
  try {
    return (await readTrusted(path, { ofOthers: true }))?.toString()
  } catch (error) {
    // No owner creates a pipe or a link, so it is watched like an empty lock file.
    if (isUntrusted(error)) return ''
    throw error
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

function ownerLine(owner: LockOwner): string {
  return `${JSON.stringify(owner)}\n`
}

/** A heartbeat as a line of constant length, so that it can be overwritten in place. */
function beatLine(at: number): string {
  return `${String(at).padStart(14, '0')}\n`
}

/** The time of the owner's last heartbeat. */
function beatOf(text: string): number | undefined {
  const [, at] = /\n(\d{14})\n$/.exec(text) ?? []
  return at === undefined ? undefined : Number(at)
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n') + 1)
}

function publicly({ host, pid, since }: LockOwner) {
  return { host, pid, since }
}
