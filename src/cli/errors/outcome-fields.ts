import type { FileOutcome } from '../../runtimes/node/index.ts'
import { exitCodeOf } from './exit-codes.ts'
import { failureFields } from './failure.ts'

/** The outcome of one file of a batch, as the fields of its JSON line. */
export function outcomeFields(outcome: FileOutcome): Record<string, unknown> {
  const { path, key } = outcome
  switch (outcome.outcome) {
    case 'uploaded': {
      const { result, why } = outcome
      return { path, why, ...result }
    }
    case 'planned':
      return { path, key, size: outcome.size, why: outcome.why }
    case 'unchanged':
      return { path, key, size: outcome.size }
    case 'skipped':
      return { path, key, reason: outcome.reason }
    case 'failed': {
      const { error } = outcome
      return { ...failureFields(error), path, key, exitCode: exitCodeOf(error) }
    }
  }
}
