// The uploads that run in this process: the library's only module state. The same destination and
// source asked for twice is one upload with two waiters, each with its own signal and callbacks. All
// of them share one budget of connections, which lives as long as one of them runs.

import { processWide } from '../../async/process-wide.ts'
import { Roster } from '../../async/roster.ts'
import { onAbort, unlessAborted } from '../../async/signals.ts'
import type { CompleteOptions } from '../../options/upload-options.ts'
import type { OssClient } from '../../oss/client.ts'
import type { Clock } from '../../ports.ts'
import { Connections } from '../../schedule/connections.ts'

/** Connections that the uploads of one process share. */
export interface Budget {
  /** Identifies the process: its clock. */
  readonly process: object
  readonly connections: Connections
}

interface Running<Shared, Result> {
  readonly id: string | symbol
  readonly shared: Shared
  readonly promise: Promise<Result>
  /** Aborted when the last waiter has given up. */
  readonly stop: AbortController
  readonly budget: Budget | undefined
  waiters: number
}

interface Started<Shared, Result> {
  shared: Shared
  promise: Promise<Result>
  budget?: Budget
}

const running = () => processWide('running.1', () => new Roster<Running<unknown, unknown>>())

/**
 * Returns the connection budget that automatic uploads of this process share. An upload with its own `concurrency`
 * gets a budget of its own.
 */
export function budgetFor(job: {
  clock: Clock
  client: Pick<OssClient, 'connections'>
  options: CompleteOptions
}): Budget {
  const { concurrency } = job.options
  const { connections } = job.client
  if (concurrency !== 'auto') {
    const count = Math.min(concurrency, connections?.max ?? concurrency)
    const limits = { min: count, start: count, max: count }
    return { process: limits, connections: new Connections(limits) }
  }
  for (const { budget } of running()) if (budget?.process === job.clock) return budget
  return { process: job.clock, connections: new Connections(connections) }
}

/** Runs a batch, which no other call can join. */
export function runAlone<Result>(budget: Budget, start: () => Promise<Result>): Promise<Result> {
  return begin(Symbol('batch'), () => ({ shared: undefined, promise: start(), budget })).promise
}

/**
 * Joins the upload with this id, or starts it, and waits for it or for `signal`. An upload that is stopping still holds
 * its lock: waits for it, then starts another.
 * @param start begins the upload; called at most once
 * @param join called with what `start` gave as `shared`, for each waiter; returns how to leave
 */
export async function shareRunning<Shared, Result>(
  id: string | symbol,
  signal: AbortSignal | undefined,
  start: (stop: AbortSignal) => Started<Shared, Result>,
  join: (shared: Shared) => () => void,
): Promise<Result> {
  signal?.throwIfAborted()
  const find = () => running().find(one => one.id === id)
  for (let last = find(); last?.stop.signal.aborted; last = find()) {
    const stopped = last.promise.catch(() => {})
    await (signal === undefined ? stopped : unlessAborted(stopped, signal))
  }
  const entry = (find() as Running<Shared, Result> | undefined) ?? begin(id, start)
  return wait(entry, signal, join(entry.shared))
}

function begin<Shared, Result>(
  id: string | symbol,
  start: (stop: AbortSignal) => Started<Shared, Result>,
): Running<Shared, Result> {
  const stop = new AbortController()
  const { shared, promise, budget } = start(stop.signal)
  const entry: Running<Shared, Result> = { id, shared, promise, stop, budget, waiters: 0 }
  running().add(entry)
  const forget = () => running().delete(entry)
  promise.then(forget, forget)
  return entry
}

async function wait<T>(
  entry: Running<unknown, T>,
  signal: AbortSignal | undefined,
  leave: () => void,
): Promise<T> {
  entry.waiters++
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      // The last one to leave stops the upload and waits until it has stopped, journal and all.
      if (--entry.waiters > 0) reject(signal?.reason)
      else {
        entry.stop.abort(signal?.reason)
        const stopped = () => reject(signal?.reason)
        entry.promise.then(stopped, stopped)
      }
    }
  })
  const unlisten = signal && onAbort(signal, stop)
  // The first progress event may make the caller abort, while it joins.
  if (signal?.aborted) stop()
  try {
    return await Promise.race([entry.promise, aborted])
  } catch (error) {
    // A caller that aborted gets its own reason, in any case.
    throw signal?.aborted ? signal.reason : error
  } finally {
    unlisten?.()
    leave()
  }
}
