// An earlier run may have stopped after the object was stored: then there is nothing to send.

import { lookAtObject, overwrittenElsewhere } from '../check/look-at-object.ts'
import { giveUp } from '../cleanup/pending-aborts.ts'
import { expectedObject } from '../complete/complete.ts'
import { giveUpIfEndDiffers } from '../complete/end-differs.ts'
import type { ContentSteps, Stored } from '../run/content.ts'
import type { Run } from '../run/run.ts'
import { objectStillFits } from '../start/initiate.ts'

/**
 * Looks for the object of a Complete that an earlier run has sent. If it is stored with other bytes or headers than
 * this run wants, its upload is given up.
 * @param waits looks for up to 30 s: OSS may still be working on that Complete
 * @throws {StateError} `OVERWRITTEN_ELSEWHERE`, `COMPLETE_UNKNOWN`
 */
export async function findEarlierEnd(
  run: Run,
  content: ContentSteps,
  waits: boolean,
): Promise<Stored | undefined> {
  const { completing, done, upload, parts } = run.checkpoint.state
  if (completing === undefined || upload === undefined) return undefined
  // Records of parts may be damaged. The record of the completion has all that is needed.
  const sent = { size: completing.size, crc64: BigInt(completing.c) }
  const expected = { ...expectedObject(run, upload, parts.values()), ...sent }
  const look = await lookAtObject(run, expected, waits)
  if (look.kind === 'newer') {
    // Our object was stored, then another writer replaced it. This call may upload again.
    if (done !== undefined) return undefined
    throw overwrittenElsewhere(run)
  }
  if (look.kind !== 'ours') {
    await giveUpIfEndDiffers(run)
    return undefined
  }
  // The object has the bytes and headers of the earlier run. If this run wants others, it sends them.
  if (objectStillFits(run) && (await content.hasBytesOf(sent))) {
    return { ...sent, object: look.object, parts: completing.parts }
  }
  await giveUp(run, 'completed, and something else is wanted since')
  return undefined
}
