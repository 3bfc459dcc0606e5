// Finds the upload whose id the journal has lost, because its record was damaged or cut off. An upload is ours if
// it started at the right time and its parts have the bytes of our source. Contract, rules 1, 6 and 7.

import { OssError } from '../../errors.ts'
import type { IntentRecord } from '../../journal/record.ts'
import type { ListedUpload } from '../../oss/list-multipart-uploads.ts'
import type { Identity } from '../../ports.ts'
import type { FoundObject } from '../check/after-death.ts'
import { findEqualObject } from '../check/find-equal-object.ts'
import { allUploadsOfKey } from '../cleanup/list-uploads.ts'
import { beganAfter, mayHaveBegun } from '../cleanup/pending-aborts.ts'
import type { SourceRun } from '../run/run.ts'
import { type Candidate, examine, takeOver } from './adopt.ts'

/**
 * Continues the upload of an earlier run whose id the journal has lost. Does nothing if the listing is not
 * permitted, or if OSS has no part of this source.
 * @returns the object, if that upload was completed
 */
export async function recoverUpload(
  run: SourceRun,
  identity: Identity,
): Promise<FoundObject | undefined> {
  const { state, damaged, isEmpty, begunAt } = run.checkpoint
  if (state.upload !== undefined || state.done !== undefined) return undefined
  if (isEmpty && damaged === 0) return undefined
  let best:
    | { candidate: Candidate; intent: IntentRecord | undefined; initiatedAt: number }
    | undefined
  for (const { uploadId, initiatedAt } of await uploadsSince(run, begunAt)) {
    if (state.aborting.has(uploadId)) continue
    const intent = [...state.intents.values()].find(one => mayHaveBegun(run, one, initiatedAt))
    const candidate = await examine(run, identity, uploadId, intent?.partSize)
    if (candidate === undefined) continue
    if (best !== undefined && best.candidate.records.length >= candidate.records.length) continue
    best = { candidate, intent, initiatedAt }
  }
  if (best === undefined) return findObject(run, identity)
  const { candidate, intent, initiatedAt } = best
  if (intent === undefined) {
    await takeOver(run, identity, candidate)
    return undefined
  }
  await run.checkpoint.recordAndSync(
    { t: 'source', ...identity, at: run.clock.now() },
    intent,
    { t: 'upload', id: candidate.uploadId, nonce: intent.nonce, at: initiatedAt },
    ...candidate.records,
  )
  return undefined
}

/** The journal may have lost the completion too: then the object exists already. */
async function findObject(run: SourceRun, identity: Identity): Promise<FoundObject | undefined> {
  const { begunAt, state } = run.checkpoint
  if (begunAt === undefined || state.aborting.size > 0) return undefined
  // Without the intent we do not know the mark. Then nothing proves who stored the object, or with which ACL.
  const { forbidOverwrite, completeHeaders, objectHeaders } = run.options
  if (forbidOverwrite || Object.keys(completeHeaders).length > 0) return undefined
  // OSS gives times in whole seconds, and we know its clock to a second.
  const initiatedAt = begunAt + run.client.serverOffset + 1000
  return findEqualObject(run, identity, { initiatedAt, nonce: undefined, alike: objectHeaders })
}

/** The uploads of the key that started since then. */
async function uploadsSince(run: SourceRun, at: number | undefined): Promise<ListedUpload[]> {
  try {
    const uploads = await allUploadsOfKey(run)
    return uploads.filter(({ initiatedAt }) => at === undefined || beganAfter(run, at, initiatedAt))
  } catch (error) {
    if (error instanceof OssError && error.status === 403) return []
    throw error
  }
}
