// Preparations that several facts share: one object, many questions.

import type { Bench } from './bench.ts'

/** Runs `prepare` once for each bench. A preparation that fails fails for all facts that need it. */
export function shared<T>(prepare: (bench: Bench) => Promise<T>): (bench: Bench) => Promise<T> {
  const results = new WeakMap<Bench, Promise<T>>()
  return bench => {
    const result = results.get(bench) ?? prepare(bench)
    results.set(bench, result)
    return result
  }
}
