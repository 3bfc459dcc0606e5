// Handles SIGINT (Ctrl-C), SIGTERM and SIGHUP. The first signal asks the command to stop and keep its checkpoint.
// The second ends the process at once.

import type { ExitCode } from './exit-code-table.ts'

const watched = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type StopSignal = (typeof watched)[number]

/** The abort reason of a stopped command. */
export class Stopped extends Error {
  readonly code = 'STOPPED'
  readonly signal: StopSignal
  readonly exitCode: ExitCode

  constructor(signal: StopSignal) {
    super(`stopped by ${signal}`)
    this.name = 'Stopped'
    this.signal = signal
    this.exitCode = signal === 'SIGINT' ? 130 : 143
  }
}

export interface SignalSource {
  on(event: StopSignal, listener: (name: StopSignal) => void): unknown
  off(event: StopSignal, listener: (name: StopSignal) => void): unknown
}

const nothingIgnored: ReadonlySet<StopSignal> = new Set()

export interface StopWatch {
  readonly signal: AbortSignal
  /** Removes the signal handlers. */
  dispose(): void
}

/**
 * @param onSecond ends the process when a second signal arrives
 * @param ignored signals that the caller ignores, as nohup does. They are caught and dropped, because their
 * default would end this process.
 */
export function watchSignals(
  source: SignalSource,
  onSecond: (stopped: Stopped) => void,
  ignored: ReadonlySet<StopSignal> = nothingIgnored,
): StopWatch {
  const controller = new AbortController()
  const stop = (name: StopSignal) => {
    if (ignored.has(name)) return
    const stopped = new Stopped(name)
    if (controller.signal.aborted) onSecond(stopped)
    else controller.abort(stopped)
  }
  for (const name of watched) source.on(name, stop)
  return {
    signal: controller.signal,
    dispose() {
      for (const name of watched) source.off(name, stop)
    },
  }
}

/**
 * Keeps signals from changing a known outcome. Between the end of a command and the end of its process, a
 * signal would have its default effect: the process would report death by a signal although the object is
 * stored.
 * @param outcome the exit code of the command, which handles signals itself until then
 * @param exit ends the process at once
 */
export function keepOutcome(
  source: Pick<SignalSource, 'on'>,
  outcome: Promise<number>,
  exit: (code: number) => unknown,
): void {
  let known: number | undefined
  outcome.then(code => {
    known = code
  })
  for (const name of watched) source.on(name, () => known !== undefined && exit(known))
}
