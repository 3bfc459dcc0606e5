import type { ExitCode } from './exit-code-table.ts'

/** Checks found problems. Each has been reported in a line of its own. */
export class Unwell extends Error {
  readonly code = 'PROBLEMS_FOUND'
  /** Of the first problem: what an upload would end with. */
  readonly exitCode: ExitCode
  /** How many findings of each kind. */
  readonly counts: Readonly<Record<string, number>>

  constructor(message: string, exitCode: ExitCode, counts: Readonly<Record<string, number>>) {
    super(message)
    this.name = 'Unwell'
    this.exitCode = exitCode
    this.counts = counts
  }
}
