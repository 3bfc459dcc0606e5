// The time of an intent by OSS's clock: it shows which upload belongs to a lost answer to Initiate. Our own clock
// may be wrong and may jump. So each intent gets its time by OSS's clock after the first answer from OSS.

import type { IntentRecord } from '../../journal/record.ts'
import type { Run } from '../run/run.ts'

/** Pending intents of this run with their times by OSS's clock; empty before the first answer. */
export function newlyDated(run: Run): IntentRecord[] {
  return [...run.checkpoint.state.intents.values()]
    .filter(({ nonce, oss }) => oss === undefined && run.checkpoint.recordedAt(nonce) !== undefined)
    .map(intent => dated(run, intent))
    .filter(({ oss }) => oss !== undefined)
}

export async function dateIntents(run: Run): Promise<void> {
  const records = newlyDated(run)
  if (records.length > 0) await run.checkpoint.recordAndSync(...records)
}

/**
 * Our wall clock may have jumped since, and the monotonic clock stops while this machine sleeps. The true time is
 * between the two results.
 */
export function dated({ client, checkpoint, clock }: Run, intent: IntentRecord): IntentRecord {
  // An intent that is not written yet will be written now.
  const writtenAt = checkpoint.recordedAt(intent.nonce) ?? clock.monotonic()
  const byMonotonic = client.serverTime(writtenAt)
  if (byMonotonic === undefined) return intent
  const byWall = intent.at + client.serverOffset
  const [from, to] = byWall < byMonotonic ? [byWall, byMonotonic] : [byMonotonic, byWall]
  return { ...intent, oss: [Math.floor(from), Math.ceil(to)] }
}
