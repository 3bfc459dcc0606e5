// The only module that listens to the signals of callers. All waiters share one listener per signal, and the last
// waiter removes it. So a thousand uploads with one signal cause no warning and leave no listeners.
// `AbortSignal.any` does leave some (nodejs/node#55351), so it is not used.

import { AbortWatch } from './abort-watch.ts'

const shared = new AbortWatch()

/** Calls `call` once the signal is aborted, unless the returned function was called before. */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  return shared.watch(signal, call)
}

/** Settles as the promise does, or rejects with the signal's reason as soon as the signal is aborted. */
export function unlessAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      // The promise may reject later. Without a handler, that would end the process.
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

/** The signal of one task, which also follows the signal of the surrounding task. */
export interface LinkedStop {
  readonly signal: AbortSignal
  /** Aborts this task only. */
  abort(reason: unknown): void
  /** Stops following the outer signal. Call it when the task has ended. */
  leave(): void
}

/** Creates a signal that is aborted with `outer`, or by its own `abort`. */
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
