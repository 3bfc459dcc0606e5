// A fact about OSS that a client can check: a question to a bucket, and the answer that ossup assumes.

import type { Bench } from './bench.ts'

export interface Fact {
  /** A number of docs/internals/oss-facts.md, or the name of a switch of the local OSS. */
  readonly id: string
  readonly title: string
  /** The answer that the local OSS gives by default. */
  readonly expected: string
  /** Finds the bucket's answer. Throws `NotChecked` if it cannot be found. */
  check(bench: Bench): Promise<string>
}
