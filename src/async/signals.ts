// The only place that listens to the signals of callers. All waiters share one listener for each signal, and
// it is removed with the last of them: a thousand uploads with one signal cause no warning and leave nothing
// on it. `AbortSignal.any` does leave something (nodejs/node#55351), so it is not used.

import { AbortWatch } from './abort-watch.ts'

const shared = new AbortWatch()

/** Calls once the signal is aborted, unless the returned function was called before. */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  return shared.watch(signal, call)
}

/** Resolves and rejects as the promise does, or rejects with the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      // The promise may reject later. Without a listener that would end the process.
      promise.then(undefined, () => {})
      reject(signal.reason)
      return
    }
    const leave = onAbort(signal, () => reject(signal.reason))
    promise.then(
      value => {
        leave()
        resolve(value)
      },
      error => {
        leave()
        reject(error)
      },
    )
  })
}

/** A signal of one piece of work, which also follows the signal of the work around it. */
export interface LinkedStop {
  readonly signal: AbortSignal
  /** Aborts this piece of work alone. */
  abort(reason: unknown): void
  /** Stops following the outer signal. To be called when the work has ended. */
  leave(): void
}

/** Makes a signal that is aborted with `outer`, or on its own. */
export function linkedStop(outer: AbortSignal): LinkedStop {
  const own = new AbortController()
  if (outer.aborted) own.abort(outer.reason)
  const leave = outer.aborted ? () => {} : onAbort(outer, () => own.abort(outer.reason))
  return {
    signal: own.signal,
    abort: reason => {
      leave()
      own.abort(reason)
    },
    leave,
  }
}
