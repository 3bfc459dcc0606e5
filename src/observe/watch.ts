// Observers of requests and uploads. An observer's function wraps the work. Without an observer, the work runs
// directly.

import type { Watch } from '../ports.ts'

/** Combines two watches. The first one wraps the second. */
export function bothWatches<Report>(
  outer: Watch<Report> | undefined,
  inner: Watch<Report> | undefined,
): Watch<Report> | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner
  return {
    isWanted: () => outer.isWanted() || inner.isWanted(),
    around(report, work) {
      const inside = () => (inner.isWanted() ? inner.around(report, work) : work())
      return outer.isWanted() ? outer.around(report, inside) : inside()
    },
  }
}
