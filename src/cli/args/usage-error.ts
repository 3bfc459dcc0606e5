/** The command line cannot be understood. Exit code 2; nothing was done. */
export class UsageError extends Error {
  readonly code = 'USAGE'
  /** What to write instead. */
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.name = 'UsageError'
    this.hint = hint
  }
}
