// The one place that calls the functions of a caller: listeners, loggers, observers.

import { isThenable } from './promise.ts'

/**
 * Calls a listener and ignores its failures: errors that it throws, and rejections of the promise that it
 * returns. An unhandled rejection would end the process.
 */
export function quietly(call: () => unknown): void {
  try {
    const result = call()
    if (isThenable(result)) result.then(undefined, () => {})
  } catch {
    // A failing listener must not stop the upload.
  }
}
