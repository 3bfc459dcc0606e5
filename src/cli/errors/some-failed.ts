/** Some of several things failed. Each has been reported in a line of its own. */
export class SomeFailed extends Error {
  readonly code = 'SOME_FAILED'
  /** How many of each kind, as the result would have it. */
  readonly counts: Readonly<Record<string, number>>

  constructor(message: string, counts: Readonly<Record<string, number>>) {
    super(message)
    this.name = 'SomeFailed'
    this.counts = counts
  }
}
