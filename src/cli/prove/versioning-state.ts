import { element } from './exchange.ts'
import { NotChecked, NotPermitted, refused } from './not-checked.ts'
import { shared } from './shared.ts'

/** `Enabled`, `Suspended`, or `none` if the bucket never had versioning. */
export const versioningState = shared(async bench => {
  const reply = await bench.ask({ method: 'GET', query: { versioning: '' } })
  if (reply.status !== 200) refused(reply)
  return element(reply.text, 'Status') || 'none'
})

/** The same for the report, which says it also where it is not known. */
export async function shownVersioning(...[bench]: Parameters<typeof versioningState>) {
  try {
    return await versioningState(bench)
  } catch (error) {
    if (error instanceof NotPermitted) return 'not permitted'
    if (error instanceof NotChecked) return 'unknown'
    throw error
  }
}

/** @throws {NotChecked} unless the bucket has this versioning state */
export async function needs(
  bench: Parameters<typeof versioningState>[0],
  wanted: 'none' | 'Enabled' | 'Suspended',
): Promise<void> {
  const state = await versioningState(bench)
  if (state === wanted) return
  throw new NotChecked(`needs a bucket with versioning ${wanted}; here it is ${state}`)
}
