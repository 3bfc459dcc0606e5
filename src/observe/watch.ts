// Whoever wants to see requests and uploads from outside is wrapped around them; with nobody there,
// nothing is.

import type { Watch } from '../ports.ts'

/** Two watches as one; the first is outside. */
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
