// Whether the terminal is ours at the moment. In the background (`ossup … &`, or Ctrl-Z and bg) it belongs to the
// shell and its user.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** By `/proc/PID/stat`: a process without a controlling terminal has no background to be in. */
export function isForegroundStat(stat: string): boolean {
  // The name of the program comes first, in brackets, and may hold anything.
  const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return terminal === '0' || group === foreground
}

/** By the state that `ps` shows: it marks processes of the foreground with a plus. */
export function isForegroundState(state: string): boolean {
  return state.includes('+') || state.trim() === ''
}

/** Asking `ps` starts a process. */
const askedEveryMs = 5000

let ofProcess: Foreground | undefined

/** Whether this process may draw on its terminal now. */
export function isTerminalOurs(): boolean {
  ofProcess ??= new Foreground()
  return ofProcess.isOurs()
}

class Foreground {
  readonly #platform: NodeJS.Platform
  #isOurs = false
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(platform: NodeJS.Platform = process.platform) {
    this.#platform = platform
    // Both `fg` and `bg` of a stopped job send it.
    if (platform !== 'linux' && platform !== 'win32') {
      process.on('SIGCONT', () => {
        this.#askedAt = Number.NEGATIVE_INFINITY
      })
    }
  }

  /** Where only `ps` knows, this is what it said before: at first, no. */
  isOurs(): boolean {
    if (this.#platform === 'win32') return true
    if (this.#platform === 'linux') {
      try {
        return isForegroundStat(readFileSync('/proc/self/stat', 'latin1'))
      } catch {
        return true
      }
    }
    this.#askPs()
    return this.#isOurs
  }

  #askPs(): void {
    const now = performance.now()
    if (now - this.#askedAt < askedEveryMs) return
    this.#askedAt = now
    execFile('ps', ['-o', 'stat=', '-p', String(process.pid)], (error, stdout) => {
      this.#isOurs = error !== null || isForegroundState(stdout)
    }).unref()
  }
}
