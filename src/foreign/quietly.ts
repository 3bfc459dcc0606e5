// The one place that calls the functions of a caller: listeners, loggers, observers.

import { isThenable } from './promise.ts'

/**
 * Calls a listener. Its failures are its owner's: what it throws, and what its promise rejects with, is
 * dropped. An unheard rejection would end the process.
 */
export function quietly(call: () => unknown): void {
  try {
    const result = call()
    if (isThenable(result)) result.then(undefined, () => {})
  } catch {
    // The work goes on.
  }
}
