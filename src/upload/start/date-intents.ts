// When an intent was journaled, by OSS's clock: that tells which upload a lost answer to Initiate left
// behind. Our own clock may be wrong and may jump, so each intent gets its moment by OSS's clock once an
// answer of OSS has told the time.

import type { IntentRecord } from '../../journal/record.ts'
import type { Run } from '../run/run.ts'

/** Intents of this run that are still owed, with their moments by OSS's clock; none before the first answer. */
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
 * Our wall clock may have jumped since it was written, and the other one stood still while this machine
 * slept: the moment lies between what the two say.
 */
export function dated({ client, checkpoint, clock }: Run, intent: IntentRecord): IntentRecord {
  // One that is not written yet is about to be.
  const writtenAt = checkpoint.recordedAt(intent.nonce) ?? clock.monotonic()
  const byMonotonic = client.serverTime(writtenAt)
  if (byMonotonic === undefined) return intent
  const byWall = intent.at + client.serverOffset
  const [from, to] = byWall < byMonotonic ? [byWall, byMonotonic] : [byMonotonic, byWall]
  return { ...intent, oss: [Math.floor(from), Math.ceil(to)] }
}
