// Why an upload id was given up tells whether its upload is still wanted: most reasons lead to another
// upload id at once, these do not.

import type { CheckpointState } from '../../journal/fold.ts'

/** The reason of whoever gives an upload up on purpose. */
export const discarded = 'discarded'
/** Failures after which there is nothing to continue; their codes are the reasons. */
export const endings: ReadonlySet<string> = new Set(['OVERWRITTEN_ELSEWHERE', 'OBJECT_MISMATCH'])

/** True if the object is stored or is not wanted any more: nothing but debts can be left. */
export function isOver({ done, upload, aborting }: CheckpointState): boolean {
  if (done !== undefined) return true
  if (upload !== undefined) return false
  return [...aborting.values()].some(why => why === discarded || endings.has(why))
}
