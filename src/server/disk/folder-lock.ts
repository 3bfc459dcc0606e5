// One server per data folder: two would write over each other's log.

import { readFileSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { codeOf } from '../../foreign/error.ts'

const held = new Set<string>()

/** @throws {Error} if a living process has the folder */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  const self = { pid: process.pid, startedAt: processStart(process.pid) }
  for (let attempt = 1; ; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(JSON.stringify(self))
      await file.close()
      break
    } catch (error) {
      if (!isExisting(error)) throw error
      const owner = await readOwner(path)
      if (attempt > 3 || isAlive(owner, path)) {
        throw new Error(
          `The data folder is in use by process ${owner?.pid ?? 'unknown'} (${path}). ` +
            'Stop that server or use another folder.',
        )
      }
      await rm(path, { force: true })
    }
  }
  held.add(path)
  return async () => {
    held.delete(path)
    await rm(path, { force: true })
  }
}

interface Owner {
  readonly pid: number
  readonly startedAt: string | undefined
}

/** An unreadable lock was cut off by a crash while it was written. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(owner: Owner | undefined, path: string): boolean {
  if (!owner) return false
  if (owner.pid === process.pid) return held.has(path)
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
  // After a crash the number may belong to another process.
  return owner.startedAt === undefined || owner.startedAt === processStart(owner.pid)
}

/** When the process started, as Linux tells it; elsewhere unknown. */
function processStart(pid: number): string | undefined {
  try {
    const fields = statusFields(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // A process that ended but was not waited for has no files open: it is as good as gone.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot} ${fields[19]}`
  } catch {
    return undefined
  }
}

/** From field 3, the state, on; the name before it may hold anything. */
function statusFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function isExisting(error: unknown): boolean {
  return codeOf(error) === 'EEXIST'
}
