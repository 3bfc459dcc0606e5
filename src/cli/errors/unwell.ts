import type { ExitCode } from './exit-code-table.ts'

/** Checks found problems. Each problem was already reported in a line of its own. */
export class Unwell extends Error {
  readonly code = 'PROBLEMS_FOUND'
  /** The exit code that an upload would have because of the first problem. */
  readonly exitCode: ExitCode
  /** The number of findings of each kind. */
  readonly counts: Readonly<Record<string, number>>

  constructor(message: string, exitCode: ExitCode, counts: Readonly<Record<string, number>>) {
    super(message)
    this.name = 'Unwell'
    this.exitCode = exitCode
    this.counts = counts
  }
}
