// The reason for giving up an upload id shows whether the upload is still wanted. After most reasons a new upload
// id follows at once; after these reasons it does not.

import type { CheckpointState } from '../../journal/fold.ts'

/** The reason if a user gives an upload up. */
export const discarded = 'discarded'
/** Failures that cannot be continued; their codes are the reasons. */
export const endings: ReadonlySet<string> = new Set(['OVERWRITTEN_ELSEWHERE', 'OBJECT_MISMATCH'])

/** True if the object is stored or not wanted any more: only pending aborts can be left. */
export function isOver({ done, upload, aborting }: CheckpointState): boolean {
  if (done !== undefined) return true
  if (upload !== undefined) return false
  return [...aborting.values()].some(why => why === discarded || endings.has(why))
}
