/** A mistake on the command line. Exit code 2; the command did nothing. */
export class UsageError extends Error {
  readonly code = 'USAGE'
  /** What to type instead. */
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.name = 'UsageError'
    this.hint = hint
  }
}
