// The uploads that run in this process: the library's only module state. The same destination and
// source asked for twice is one upload with two waiters, each with its own signal and callbacks.

export interface Running<T> {
  readonly promise: Promise<T>
  /** Aborted when the last waiter has given up. */
  readonly stop: AbortController
  waiters: number
}

const running = new Map<string, Running<unknown>>()

/**
 * Joins the upload of that id, or starts it, and waits for it or for `signal`.
 * @param start begins the upload; called at once if none runs
 * @param join called with what `start` gave as `shared`, for each waiter; returns how to leave
 */
export function shareRunning<Shared, Result>(
  id: string,
  signal: AbortSignal | undefined,
  start: (stop: AbortSignal) => { shared: Shared; promise: Promise<Result> },
  join: (shared: Shared) => () => void,
): Promise<Result> {
  signal?.throwIfAborted()
  let entry = running.get(id) as (Running<Result> & { shared: Shared }) | undefined
  if (entry === undefined || entry.stop.signal.aborted) {
    const stop = new AbortController()
    const { shared, promise } = start(stop.signal)
    const made = { promise, stop, waiters: 0, shared }
    running.set(id, made)
    const forget = () => {
      if (running.get(id) === made) running.delete(id)
    }
    promise.then(forget, forget)
    entry = made
  }
  return wait(entry, signal, join(entry.shared))
}

async function wait<T>(
  entry: Running<T>,
  signal: AbortSignal | undefined,
  leave: () => void,
): Promise<T> {
  entry.waiters++
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      // The last one to leave stops the upload and waits until it has stopped, journal and all.
      if (--entry.waiters > 0) reject(signal?.reason)
      else {
        entry.stop.abort(signal?.reason)
        const stopped = () => reject(signal?.reason)
        entry.promise.then(stopped, stopped)
      }
    }
  })
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([entry.promise, aborted])
  } finally {
    signal?.removeEventListener('abort', onAbort)
    leave()
  }
}
