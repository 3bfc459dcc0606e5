// Finds out whether this process runs in the foreground of its terminal. While it runs in the background (`ossup …
// &`, or Ctrl-Z and `bg`), the user works with the shell, and nothing may be drawn.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Reads the answer from `/proc/PID/stat`. A process without a controlling terminal counts as in the
 * foreground.
 */
export function isForegroundStat(stat: string): boolean {
  // The name of the program is in brackets and may contain any character, so parsing starts after the last bracket.
  const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return terminal === '0' || group === foreground
}

/** Reads the answer from the state that `ps` shows: a plus marks processes in the foreground. */
export function isForegroundState(state: string): boolean {
  return state.includes('+') || state.trim() === ''
}

/** Each question to `ps` starts a process, so it is asked seldom. */
const askedEveryMs = 5000

let ofProcess: Foreground | undefined

/** True if this process may draw on its terminal now. */
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
    // Both `fg` and `bg` send SIGCONT to a stopped job, so the state must be read again.
    if (platform !== 'linux' && platform !== 'win32') {
      process.on('SIGCONT', () => {
        this.#askedAt = Number.NEGATIVE_INFINITY
      })
    }
  }

  /**
   * Where only `ps` knows the state, this returns the latest answer of `ps`, and false before the first
   * answer.
   */
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
