// Start to read here: this file leads one upload through its stages. docs/internals/life-cycle.md is its map.
//
//   source ──► planner ──► scheduler ──► OSS client ──► journal ──► progress

import { IntegrityError, OssError, type OssupError, SourceError, StateError } from '../errors.ts'
import type { ConfirmedPart, OpenUpload } from '../journal/fold.ts'
import { objectSizeMax } from '../limits.ts'
import type { UploadResult } from '../options/upload-options.ts'
import { type Part, type Plan, planParts } from '../plan/plan-parts.ts'
import type { Identity, Source } from '../ports.ts'
import { ProgressTracker } from '../progress/tracker.ts'
import type { Line } from '../schedule/line.ts'
import { sameIdentity, settledFrom } from '../source/identity.ts'
import { sourceBody } from '../source/part-body.ts'
import { hashWhole, lookAfterDeath } from './check/after-death.ts'
import { lookAtObject, overwrittenElsewhere } from './check/look-at-object.ts'
import { checkOverwriting } from './check/overwrite-guard.ts'
import { isShortened, proveParts } from './check/prove-parts.ts'
import { dropRefused, reconcile } from './check/reconcile.ts'
import { giveUp } from './cleanup/pending-aborts.ts'
import { complete, expectedObject } from './complete/complete.ts'
import { giveUpIfEndDiffers } from './complete/end-differs.ts'
import { finish, leave } from './complete/finish.ts'
import { adoptEarlier, adoptFound, warnIfNotAdopting } from './resume/adopt.ts'
import { recoverUpload } from './resume/recover.ts'
import { type EarlierUpload, type Job, openUpload, type SourceRun } from './run/run.ts'
import { budgetFor, shareRunning } from './run/running.ts'
import { md5OfRange } from './send/content-md5.ts'
import { putWhole } from './send/put-whole.ts'
import { queueParts } from './send/queue-parts.ts'
import { sendParts } from './send/send-parts.ts'
import { uploadPartSender } from './send/upload-part-sender.ts'
import {
  begin,
  headersStillFit,
  initiate,
  objectStillFits,
  recordBeginning,
  recordEnding,
} from './start/initiate.ts'
import { prepare } from './start/prepare.ts'
import { findWitnessed } from './start/wait-for-owner.ts'

/** How often a new upload is started because OSS does not know the upload id any more. Contract, rule 8. */
const rebirthMax = 2
/** How many rounds send the changed parts of a source that changes again and again. Contract, rule 3. */
const roundMax = 3

/** An upload of a source that can be read again. */
export interface Upload extends Job {
  readonly source: Source
  /** The same upload, started by another program. It is continued after its parts were verified. */
  readonly earlier?: EarlierUpload | undefined
}

/**
 * Uploads a source. If this process already uploads the same source to the same place, it joins that upload.
 * Closes the source when it is no longer needed.
 */
export async function upload(job: Upload): Promise<UploadResult> {
  const { options } = job
  let isJoined = true
  const result = shareRunning(
    nameOf(job),
    options.signal,
    stop => {
      isJoined = false
      const progress = new ProgressTracker(job.clock)
      const budget = job.shared?.budget ?? budgetFor(job)
      const promise = runUpload(job, progress, budget.line, stop)
      return { shared: progress, promise, budget }
    },
    progress => progress.subscribe(options),
  )
  const [settled] = await Promise.allSettled([result, isJoined ? job.source.close() : undefined])
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

/**
 * Two calls with the same id are one upload. A call with other headers, with `forbidOverwrite` or with a stricter
 * `verify` has another id: it finds the checkpoint locked and gets `UPLOAD_BUSY`. Part size, connections and
 * timeouts are those of the first call.
 */
function nameOf({ place, key, sourceId, options }: Upload): string {
  const { objectHeaders, completeHeaders, forbidOverwrite, verify } = options
  const wanted = [objectHeaders, completeHeaders, forbidOverwrite, verify]
  return JSON.stringify([place, key, sourceId, ...wanted])
}

async function runUpload(
  job: Upload,
  progress: ProgressTracker,
  line: Line,
  signal: AbortSignal,
): Promise<UploadResult> {
  let run: SourceRun | undefined
  try {
    const identity = await job.source.identity()
    if (identity.size > objectSizeMax) throw tooLarge(job, identity)
    progress.phase('preparing', identity.size)
    const isSmall = identity.size < job.options.multipartThreshold && job.earlier === undefined
    run = {
      ...(await prepare(job, isSmall, progress, signal)),
      source: job.source,
      earlier: job.earlier,
      line,
    }
    const result = await uploadSource(run, identity)
    // The object is stored: a record that stays would look like an unfinished upload.
    await job.earlier?.forget().catch((error: Error) => {
      progress.event({ type: 'warning', code: 'RECORD_LEFT', message: error.message })
    })
    progress.close(result)
    return result
  } catch (error) {
    if (run !== undefined) await leave(run, error)
    throw error
  } finally {
    progress.close()
    // The result of the upload is known: a failure to close something must not replace it.
    await Promise.allSettled([job.source.close(), run?.checkpoint.close()])
  }
}

async function uploadSource(run: SourceRun, seen: Identity): Promise<UploadResult> {
  // After waiting for another owner, the last look at the source is old.
  const identity = run.witness === undefined ? seen : await run.source.identity()
  if (identity !== seen) run.progress.phase('preparing', identity.size)
  const witnessed = await findWitnessed(run, identity)
  if (witnessed !== undefined) {
    const { object, crc64, parts } = witnessed
    return { ...(await finish(run, object, crc64, parts, identity.size)), foundStored: true }
  }
  const found = await lookForEarlierEnd(run)
  if (found !== undefined) return found
  if (run.checkpoint.state.done !== undefined) {
    await giveUp(run, 'its object is not what is wanted now')
    await run.checkpoint.restart()
  } else {
    const end = await recoverUpload(run, identity)
    if (end !== undefined) return finish(run, end.object, end.crc64, end.parts, identity.size)
  }
  // Without a search in between, the last look at the source is still good.
  let now = run.checkpoint.state.begin === undefined ? identity : await run.source.identity()
  for (let round = 1; ; round++) {
    const whole = goesWhole(run, now)
    try {
      return whole ? await uploadWhole(run, now) : await uploadInParts(run)
    } catch (error) {
      if (!isShortened(error) || round > roundMax) throw error
      // Changes of an upload in parts are handled already. Here the source has become small enough for one request.
      now = await run.source.identity()
      if (!whole && !goesWhole(run, now)) throw error
      run.progress.nextRound((error as Error).message, [])
    }
  }
}

/** Small sources are sent in one PutObject. An upload in parts continues in parts until the source changes. */
function goesWhole(run: SourceRun, identity: Identity): boolean {
  if (identity.size >= run.options.multipartThreshold) return false
  const { upload, source } = run.checkpoint.state
  if (upload === undefined) return run.earlier === undefined
  return source === undefined || !sameIdentity(source, identity)
}

/** An earlier run may have stopped after the object was stored: then there is nothing to send. */
async function lookForEarlierEnd(run: SourceRun): Promise<UploadResult | undefined> {
  const { state } = run.checkpoint
  const { completing, upload } = state
  if (completing === undefined || upload === undefined) return undefined
  const isKnown = state.done !== undefined
  const parts = [...state.parts.values()]
  // Records of parts may be damaged. The record of the completion has all that is needed.
  const { size } = completing
  const expected = { ...expectedObject(run, upload, parts), size, crc64: BigInt(completing.c) }
  const look = await lookAtObject(run, expected, false)
  if (look.kind === 'absent' || look.kind === 'older') {
    await giveUpIfEndDiffers(run)
    return undefined
  }
  if (look.kind === 'newer') {
    // Our object was stored, then another writer replaced it. This call may upload again.
    if (isKnown) return undefined
    throw overwrittenElsewhere(run)
  }
  // The object has the bytes and headers of the earlier run. If this run wants others, it sends them. We compare
  // bytes, not only stamps: a file that was only touched has the same bytes.
  const { identity, isMoving } = await proveParts(run)
  const isSame =
    !isMoving &&
    state.parts.size === parts.length &&
    identity.size === size &&
    (await hashWhole(run, planParts(size, upload.intent.partSize, parts))) === expected.crc64
  if (!isSame || !objectStillFits(run)) {
    await giveUp(run, 'completed, and something else is wanted since')
    return undefined
  }
  run.progress.plan(parts, [], true)
  return finish(run, look.object, expected.crc64, completing.parts)
}

async function uploadWhole(run: SourceRun, seen: Identity): Promise<UploadResult> {
  await checkOverwriting(run)
  let identity = seen
  if (run.checkpoint.state.upload !== undefined) {
    await giveUp(run, 'the source is now below the threshold for parts')
    identity = await run.source.identity()
  } else warnIfNotAdopting(run)
  run.progress.plan([], [], false)
  run.progress.phase('sending', identity.size)
  const stored = await putWhole(run, identity)
  return finish(run, stored, stored.localCrc64, 0, identity.size)
}

async function uploadInParts(run: SourceRun): Promise<UploadResult> {
  const why = 'OSS does not know the upload id any more'
  await checkOverwriting(run)
  for (let rebirths = 0; ; rebirths++) {
    try {
      const ended = await sendAndComplete(run, await beginOrResume(run))
      if (ended !== undefined) return ended
    } catch (error) {
      if (!(error instanceof OssError) || error.code !== 'NoSuchUpload') throw error
      const found = await lookAfterDeath(run)
      if (found !== undefined) return finish(run, found.object, found.crc64, found.parts)
    }
    await giveUp(run, why)
    if (rebirths >= rebirthMax) {
      throw new StateError('UPLOAD_ID_LOST', 'OSS forgot the upload id again and again', {
        key: run.key,
        retryable: true,
        hint: 'Look for a lifecycle rule or another program that aborts uploads of this bucket',
      })
    }
    run.progress.nextRound(why, [])
  }
}

interface Begun {
  readonly upload: OpenUpload
  /** True if an earlier run may already have completed it. */
  readonly doubtful: boolean
}

/** Makes sure that OSS knows the upload, and that the checkpoint agrees with OSS and the source. */
async function beginOrResume(run: SourceRun): Promise<Begun> {
  const { checkpoint } = run
  if (checkpoint.state.upload !== undefined && !headersStillFit(run)) {
    await giveUp(run, 'the headers of the object are others now')
  }
  if (checkpoint.state.upload === undefined) {
    const identity = await run.source.identity()
    if (!(await adopt(run, identity))) {
      await begin(run, identity)
      await supersede(run)
      return { upload: await initiate(run, identity.size), doubtful: false }
    }
  }
  const upload = openUpload(run)
  await recordBeginning(run)
  await recordEnding(run)
  const doubtful = checkpoint.state.completing !== undefined
  run.progress.phase('verifying')
  const { identity } = await proveParts(run)
  await reconcile(run, upload, identity)
  const { kept, missing } = await planRound(run, upload, identity)
  run.progress.plan(kept, missing, true)
  const bytes = kept.reduce((sum, part) => sum + part.size, 0)
  run.progress.event({ type: 'resumed', uploadId: upload.id, bytes, parts: kept.length })
  return { upload, doubtful }
}

/** Continues an upload that the checkpoint does not know, if there is one. */
async function adopt(run: SourceRun, identity: Identity): Promise<boolean> {
  if (await adoptEarlier(run, identity)) return true
  const { adopt } = run.options
  return adopt !== false && (await adoptFound(run, identity, adopt === 'force'))
}

/** An upload of another program without a usable part is aborted after this upload. */
async function supersede(run: SourceRun): Promise<void> {
  if (run.earlier === undefined) return
  const why = 'begun by another program; no part of it equals the source'
  await run.checkpoint.record({ t: 'aborting', id: run.earlier.uploadId, why })
}

/** Sends the missing parts, in rounds until the source has not changed since; then completes. */
async function sendAndComplete(
  run: SourceRun,
  { upload, doubtful }: Begun,
): Promise<UploadResult | undefined> {
  const { state } = run.checkpoint
  let identity: Identity = state.source ?? (await run.source.identity())
  for (let round = 1; ; round++) {
    const reason = await sendRound(run, upload, identity)
    const proof = await proveParts(run)
    identity = proof.identity
    if (proof.reason !== undefined && identity.size < run.options.multipartThreshold) {
      await giveUp(run, 'the source is now below the threshold for parts')
      throw new SourceError(
        'SOURCE_CHANGED',
        `${run.source.name} is now below the threshold for parts`,
      )
    }
    const why = reason ?? proof.reason
    if (why === undefined) {
      const completion = await complete(run, upload, doubtful)
      if (completion.kind === 'stored') {
        return finish(run, completion.object, completion.localCrc64, state.parts.size)
      }
      if (completion.kind === 'dead') return undefined
      await reconcile(run, upload, identity)
      await dropRefused(run, completion.error)
    }
    if (round > roundMax) throw changedTooOften(run, why)
    const kept = [...state.parts.values()]
    run.progress.nextRound(why ?? 'OSS holds other parts than it confirmed', kept)
  }
}

/** Plans the parts to send, and drops confirmed parts that do not fit any more. */
async function planRound(
  run: SourceRun,
  { intent: { partSize } }: OpenUpload,
  { size }: Identity,
): Promise<Plan<ConfirmedPart>> {
  const { parts } = run.checkpoint.state
  const plan = planParts(size, partSize, parts.values())
  if (plan.dropped.length > 0) {
    await run.checkpoint.record({ t: 'drop', n: plan.dropped.map(part => part.partNumber) })
  }
  return plan
}

/** Sends all bytes that no confirmed part covers. If the source has become shorter, resolves to the reason. */
async function sendRound(
  run: SourceRun,
  upload: OpenUpload,
  identity: Identity,
): Promise<string | undefined> {
  const plan = await planRound(run, upload, identity)
  const queue = queueParts(run, run.line, plan, identity.size)
  const provenFrom = settledFrom(identity)
  run.progress.phase('sending', identity.size)
  try {
    const senderOf = (part: Part) =>
      uploadPartSender(run, {
        open: hooks => sourceBody(run.source, part, hooks),
        isProven: () => provenFrom <= run.clock.now(),
        md5: signal => md5OfRange(run.source, part, signal),
      })
    await sendParts(run, upload, run.line, queue, senderOf)
    return undefined
  } catch (error) {
    if (!isShortened(error)) throw error
    return (error as Error).message
  }
}

function changedTooOften(run: SourceRun, reason: string | undefined): OssupError {
  if (reason === undefined) {
    return new IntegrityError('PARTS_DIFFER', 'OSS holds other parts than it confirmed', {
      key: run.key,
      hint: 'Another program may be sending parts of the same upload',
    })
  }
  return new SourceError('SOURCE_CHANGED', `${run.source.name} keeps changing: ${reason}`, {
    key: run.key,
    hint: 'Let the writer finish, then run it again; what is unchanged is not sent again',
  })
}

function tooLarge({ key, source }: Upload, { size }: Identity): SourceError {
  return new SourceError('SOURCE_TOO_LARGE', `${source.name} has ${size} bytes`, {
    key,
    hint: `OSS takes objects of at most ${objectSizeMax} bytes (48.8 TiB)`,
  })
}
