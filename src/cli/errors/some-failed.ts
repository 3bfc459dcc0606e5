/** Some of several items failed. Each failure was already reported in a line of its own. */
export class SomeFailed extends Error {
  readonly code = 'SOME_FAILED'
  /** The number of items of each outcome, named as in the JSON result. */
  readonly counts: Readonly<Record<string, number>>

  constructor(message: string, counts: Readonly<Record<string, number>>) {
    super(message)
    this.name = 'SomeFailed'
    this.counts = counts
  }
}
