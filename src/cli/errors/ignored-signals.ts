// Finds out which signals the caller of the command ignores, as `nohup` and `trap '' INT` do. Node.js resets every
// ignored signal to its default before our code runs, so this module looks for traces of the caller:
//
// - GNU nohup replaces a standard input that is a terminal with /dev/null, opened for writing only;
// - bash and zsh set the variable `_` to the path of the program that they start, which is nohup;
// - on Linux, a parent that ignores a signal, such as a script under nohup, passes that on to its children.
//
// `(trap '' INT; exec ossup …)` leaves no trace. Only setsid, tmux or systemd-run help there.

import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { StopSignal } from './stop.ts'

export interface Caller {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly ppid?: number
  /** Reads a file of /proc or the target of a link; `undefined` if it does not exist. */
  readonly read?: (path: string) => string | undefined
}

const numbers: Readonly<Record<StopSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
const sigtstp = 20

export function ignoredSignals({ env, ppid, read = readProc }: Caller): ReadonlySet<StopSignal> {
  const ignored = ppid === undefined ? [] : signalsIgnoredBy(read(`/proc/${ppid}/status`))
  const isUnderNohup = basename(env._ ?? '') === 'nohup' || isNohupInput(read)
  return new Set(isUnderNohup ? [...ignored, 'SIGHUP' as const] : ignored)
}

/** The signals that a process and so its children ignore, from its /proc/PID/status. */
function signalsIgnoredBy(status = ''): StopSignal[] {
  const mask = BigInt(`0x${/^SigIgn:\s*([\da-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  const ignores = (signal: number) => ((mask >> BigInt(signal - 1)) & 1n) === 1n
  // An interactive shell ignores these two signals for itself only. Its children get the defaults.
  const isInteractive = ignores(sigtstp)
  const names: readonly StopSignal[] = isInteractive
    ? ['SIGHUP', 'SIGINT']
    : ['SIGHUP', 'SIGINT', 'SIGTERM']
  return names.filter(name => ignores(numbers[name]))
}

function isNohupInput(read: (path: string) => string | undefined): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(read('/proc/self/fdinfo/0') ?? '')?.[1] ?? '0'
  const writeOnly = 1
  return (Number.parseInt(flags, 8) & 3) === writeOnly && read('/proc/self/fd/0') === '/dev/null'
}

function readProc(path: string): string | undefined {
  try {
    return path.endsWith('/fd/0') ? readlinkSync(path) : readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
