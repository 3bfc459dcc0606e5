// Start to read here: this file leads one upload through its stages. docs/internals/life-cycle.md is its map.
//
//   content ──► planner ──► scheduler ──► OSS client ──► journal ──► progress
//
// `content/` decides where the bytes come from and whether they can be read again.

import { IntegrityError, OssError, type OssupError, SourceError, StateError } from '../errors.ts'
import type { OpenUpload } from '../journal/fold.ts'
import type { UploadResult } from '../options/upload-options.ts'
import { ProgressTracker } from '../progress/tracker.ts'
import type { Connections } from '../schedule/connections.ts'
import { checkOverwriting } from './check/overwrite-guard.ts'
import { isShortened } from './check/prove-parts.ts'
import { dropRefused } from './check/reconcile.ts'
import { giveUp } from './cleanup/pending-aborts.ts'
import { complete } from './complete/complete.ts'
import { finish, leave } from './complete/finish.ts'
import { adopt, recover, warnIfNotAdopting } from './resume/adopt.ts'
import { findEarlierEnd } from './resume/earlier-end.ts'
import type { Content, ContentSteps, Stored } from './run/content.ts'
import { type Job, openUpload, type Run } from './run/run.ts'
import { budgetFor, shareRunning } from './run/running.ts'
import {
  begin,
  headersStillFit,
  initiate,
  recordBeginning,
  recordEnding,
} from './start/initiate.ts'
import { prepare } from './start/prepare.ts'

/** How often a new upload is started because OSS does not know the upload id any more. Contract, rule 8. */
const rebirthMax = 2
/** How many rounds send the changed parts of a source that changes again and again. Contract, rule 3. */
const roundMax = 3

/**
 * Uploads the content. If this process already uploads the same source to the same place, it joins that upload.
 * Closes the content when it is no longer needed.
 */
export async function upload(job: Job, content: Content): Promise<UploadResult> {
  const { options } = job
  let isJoined = true
  const result = shareRunning(
    content.isShared ? nameOf(job) : Symbol('not shared'),
    options.signal,
    stop => {
      isJoined = false
      const progress = new ProgressTracker(job.clock)
      const budget = job.shared?.budget ?? budgetFor(job)
      const promise = uploadContent(job, content, progress, budget.connections, stop)
      return { shared: progress, promise, budget }
    },
    progress => progress.subscribe(options),
  )
  const [settled] = await Promise.allSettled([result, isJoined ? content.close() : undefined])
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

/**
 * Two calls with the same id are one upload. A call with other headers, with `forbidOverwrite` or with a stricter
 * `verify` has another id: it finds the checkpoint locked and gets `UPLOAD_BUSY`. Part size, connections and
 * timeouts are those of the first call.
 */
function nameOf({ place, key, sourceId, options }: Job): string {
  const { objectHeaders, completeHeaders, forbidOverwrite, verify } = options
  const wanted = [objectHeaders, completeHeaders, forbidOverwrite, verify]
  return JSON.stringify([place, key, sourceId, ...wanted])
}

async function uploadContent(
  job: Job,
  content: Content,
  progress: ProgressTracker,
  connections: Connections,
  signal: AbortSignal,
): Promise<UploadResult> {
  let run: Run | undefined
  try {
    const isSmall = await content.look(progress, signal)
    run = await prepare(job, isSmall, progress, signal)
    const result = await store(run, content.stepsOf(run, connections))
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
    await Promise.allSettled([content.close(), run?.checkpoint.close()])
  }
}

/** Looks for what earlier runs and other owners did, then sends the missing parts. */
async function store(run: Run, content: ContentSteps): Promise<UploadResult> {
  const ownersObject = await content.findObjectOfOwner()
  if (ownersObject !== undefined) return { ...(await end(run, ownersObject)), foundStored: true }
  const stored = (await recover(run, content)) ?? (await findEarlierEnd(run, content, false))
  if (stored !== undefined) return end(run, stored)
  if (!content.canStartOver) {
    throw offerAgain(run, 'The stream is not the one that was stored before')
  }
  if (run.checkpoint.state.done !== undefined) {
    await giveUp(run, 'its object differs from this upload')
    await run.checkpoint.restart()
  }
  // The source was looked at just now, unless a search came in between.
  if (run.checkpoint.state.begin !== undefined) await content.refresh()
  for (let round = 1; ; round++) {
    const { isWhole } = content
    try {
      return isWhole ? await sendWhole(run, content) : await sendInParts(run, content)
    } catch (error) {
      if (!isShortened(error) || !content.canStartOver || round > roundMax) throw error
      // Changes of an upload in parts are handled already. Here the source has become small enough for one request.
      await content.refresh()
      if (!isWhole && !content.isWhole) throw error
      run.progress.nextRound((error as Error).message, [])
    }
  }
}

async function sendWhole(run: Run, content: ContentSteps): Promise<UploadResult> {
  await checkOverwriting(run)
  if (run.checkpoint.state.upload !== undefined) {
    await giveUp(run, 'the source is now below the threshold for parts')
    await content.refresh()
  } else warnIfNotAdopting(run)
  return end(run, await content.putWhole())
}

async function sendInParts(run: Run, content: ContentSteps): Promise<UploadResult> {
  await checkOverwriting(run)
  for (let rebirths = 0; ; rebirths++) {
    const stored = await sendAndComplete(run, content).catch((error: unknown) => {
      if (!(error instanceof OssError)) throw error
      if (error.code === 'FileAlreadyExists' && run.found.hasOtherHeaders) throw otherHeaders(run)
      if (error.code !== 'NoSuchUpload') throw error
      return content.findAfterDeath()
    })
    if (stored !== undefined) return end(run, stored)
    const why = run.found.hasOtherHeaders
      ? 'the upload that was continued had other headers'
      : 'OSS does not know the upload id any more'
    await giveUp(run, why)
    if (!content.canStartOver) throw offerAgain(run, 'OSS lost parts of the stream')
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

/**
 * Sends the missing parts, in rounds until the source has not changed since; then completes.
 * @returns `undefined` if OSS does not know the upload id any more, and the object is not there
 */
async function sendAndComplete(run: Run, content: ContentSteps): Promise<Stored | undefined> {
  const { upload, doubtful } = await beginOrResume(run, content)
  const { state } = run.checkpoint
  for (let round = 1; ; round++) {
    const why = await content.send(upload)
    if (why === undefined) {
      const completion = await complete(run, upload, doubtful)
      if (completion.kind === 'dead') return undefined
      if (completion.kind === 'stored') return completion.stored
      await content.reconcile(upload)
      await dropRefused(run, completion.error)
    }
    if (!content.canStartOver) throw offerAgain(run, 'OSS lost parts of the stream')
    if (round > roundMax) throw changedTooOften(run, why)
    const kept = [...state.parts.values()]
    run.progress.nextRound(why ?? 'OSS holds other parts than it confirmed', kept)
  }
}

interface Begun {
  readonly upload: OpenUpload
  /** True if an earlier run may already have completed it. */
  readonly doubtful: boolean
}

/** Makes sure that OSS knows the upload, and that the checkpoint agrees with OSS and the content. */
async function beginOrResume(run: Run, content: ContentSteps): Promise<Begun> {
  const { checkpoint } = run
  if (checkpoint.state.upload !== undefined && !headersStillFit(run)) {
    await giveUp(run, 'the headers of the object are others now')
  }
  if (checkpoint.state.upload === undefined) {
    await content.refresh()
    if (!(await adopt(run, content))) {
      await begin(run, content.identity)
      return { upload: await initiate(run, content.sizeHint), doubtful: false }
    }
  }
  const upload = openUpload(run)
  await recordBeginning(run)
  await recordEnding(run)
  const doubtful = checkpoint.state.completing !== undefined
  const { kept } = await content.resume(upload)
  const bytes = kept.reduce((sum, part) => sum + part.size, 0)
  run.progress.event({ type: 'resumed', uploadId: upload.id, bytes, parts: kept.length })
  return { upload, doubtful }
}

/** The object is stored. An upload of another program that this run did not continue is aborted now. */
async function end(run: Run, stored: Stored): Promise<UploadResult> {
  const { checkpoint, earlier } = run
  if (earlier !== undefined && checkpoint.state.upload?.id !== earlier.uploadId) {
    await recordBeginning(run)
    const why = 'begun by another program; this upload did not continue it'
    await checkpoint.record({ t: 'aborting', id: earlier.uploadId, why })
  }
  return finish(run, stored)
}

function offerAgain({ key }: Run, why: string): StateError {
  return new StateError('OFFER_AGAIN', `${why}, and it cannot be read again here`, {
    key,
    retryable: true,
    hint: 'Offer the stream again from its start',
  })
}

/** The bucket forbids to overwrite, so the object of a found upload cannot get the headers that were asked for. */
function otherHeaders({ bucket, key, sourceName }: Run): StateError {
  return new StateError(
    'HEADERS_DIFFER',
    `The object has the bytes of ${sourceName}, but other headers`,
    {
      bucket,
      key,
      hint: 'An upload that was continued had them, and OSS refuses to replace its object. Remove it, then run it again',
    },
  )
}

function changedTooOften({ key, sourceName }: Run, reason: string | undefined): OssupError {
  if (reason === undefined) {
    return new IntegrityError('PARTS_DIFFER', 'OSS holds other parts than it confirmed', {
      key,
      hint: 'Another program may be sending parts of the same upload',
    })
  }
  return new SourceError('SOURCE_CHANGED', `${sourceName} keeps changing: ${reason}`, {
    key,
    hint: 'Let the writer finish, then run it again; unchanged parts are not sent again',
  })
}
