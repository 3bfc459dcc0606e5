import { giveUp } from '../cleanup/pending-aborts.ts'
import type { Run } from '../run/run.ts'
import { isWanted } from '../start/initiate.ts'

/**
 * Gives up an upload whose Complete was sent with another ACL or callback than this run wants. That Complete may still
 * store the object, and the mark does not show which of the two did.
 */
export async function giveUpIfEndDiffers(run: Run): Promise<void> {
  const { upload, ending, completing } = run.checkpoint.state
  if (upload === undefined || completing === undefined) return
  if (isWanted(run, upload.intent, ending)) return
  await giveUp(run, 'completed, and something else is wanted since')
}
