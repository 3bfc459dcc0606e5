// Checks one fact after the other.

import { isOssupError } from '../../runtimes/node/index.ts'
import type { Bench } from './bench.ts'
import type { Fact } from './fact.ts'
import { NotChecked, NotPermitted } from './not-checked.ts'

export interface Finding {
  readonly id: string
  readonly title: string
  readonly state: 'holds' | 'differs' | 'not-permitted' | 'not-checked'
  readonly expected: string
  readonly observed?: string
  /** Why it was not checked. */
  readonly reason?: string
}

export async function* examineFacts(
  facts: readonly Fact[],
  bench: Bench,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  for (const { check, ...about } of facts) {
    signal.throwIfAborted()
    yield { ...about, ...(await outcomeOf(() => check(bench), about.expected, signal)) }
  }
}

async function outcomeOf(
  check: () => Promise<string>,
  expected: string,
  signal: AbortSignal,
): Promise<Pick<Finding, 'state' | 'observed' | 'reason'>> {
  try {
    const observed = await check()
    return { state: observed === expected ? 'holds' : 'differs', observed }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof NotPermitted) return { state: 'not-permitted', reason: error.message }
    if (error instanceof NotChecked) return { state: 'not-checked', reason: error.message }
    // The message of an error may name the bucket; its code does not.
    if (isOssupError(error)) return { state: 'not-checked', reason: error.code }
    throw error
  }
}
