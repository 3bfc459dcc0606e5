import type { Bench } from '../bench.ts'
import type { Fact } from '../fact.ts'

/** A fact on one line of a table. */
export function fact(
  id: string,
  title: string,
  expected: string,
  check: (bench: Bench) => Promise<string>,
): Fact {
  return { id, title, expected, check }
}
