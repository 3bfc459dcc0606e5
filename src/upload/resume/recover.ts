// Finds the upload whose id the journal has lost: its record was damaged or cut off. What is ours shows
// by when it began and by what it holds: the bytes of our source. Contract, rules 1, 6 and 7.

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
 * Continues the upload that an earlier run began and that the journal does not name any more. Where
 * OSS may not be asked, or has nothing of this source, all stays as it is.
 * @returns the object, if that upload had come to its end
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

/** With the upload id the journal may have lost its end: then an equal object is there. */
async function findObject(run: SourceRun, identity: Identity): Promise<FoundObject | undefined> {
  const { begunAt, state } = run.checkpoint
  if (begunAt === undefined || state.aborting.size > 0) return undefined
  // Its mark is lost with its intent. Without it nothing proves whose the object is, or what ACL it was given.
  const { forbidOverwrite, completeHeaders, objectHeaders } = run.options
  if (forbidOverwrite || Object.keys(completeHeaders).length > 0) return undefined
  // OSS tells whole seconds, and its clock is known to a second.
  const initiatedAt = begunAt + run.client.serverOffset + 1000
  return findEqualObject(run, identity, { initiatedAt, nonce: undefined, alike: objectHeaders })
}

/** The uploads of the key that began since then. */
async function uploadsSince(run: SourceRun, at: number | undefined): Promise<ListedUpload[]> {
  try {
    const uploads = await allUploadsOfKey(run)
    return uploads.filter(({ initiatedAt }) => at === undefined || beganAfter(run, at, initiatedAt))
  } catch (error) {
    if (error instanceof OssError && error.status === 403) return []
    throw error
  }
}
