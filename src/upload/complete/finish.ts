// The end of an upload: success, or a failure after which the same call can continue.

import { type LinkedStop, linkedStop } from '../../async/signals.ts'
import { isOssupError } from '../../errors.ts'
import { messageOf } from '../../foreign/error.ts'
import type { CompleteOptions, UploadResult } from '../../options/upload-options.ts'
import { makeRequester } from '../../schedule/make-requester.ts'
import { overwritingOf } from '../check/overwrite-guard.ts'
import { endings } from '../cleanup/given-up.ts'
import { endUpload, giveUp, tryCleanUp } from '../cleanup/pending-aborts.ts'
import type { Stored } from '../run/content.ts'
import { type Run, warn } from '../run/run.ts'

/** Milliseconds for the clean-up of a stopped upload without a checkpoint. */
const cleanUpMs = 5000

/** Called when the object is stored: closes the checkpoint and makes the result. */
export async function finish(
  run: Run,
  { object, size, crc64, parts }: Stored,
): Promise<UploadResult> {
  const { checkpoint, progress } = run
  const uploadId = checkpoint.state.upload?.id
  warnOfLimits(run, object)
  const forbidOverwrite = overwritingOf(run, object.versionId)
  try {
    await closeTheBook(run, parts > 0, object, crc64)
  } catch (error) {
    // The object is stored and verified: a failure of the checkpoint does not change that.
    warn(run, 'CHECKPOINT_LEFT', messageOf(error))
  }
  return {
    bucket: run.bucket,
    key: run.key,
    size,
    etag: object.etag,
    crc64: crc64.toString(),
    verified: object.crc64 === undefined ? 'none' : 'crc64',
    parts,
    resumed: progress.resumed,
    sentBytes: progress.sentBytes,
    retries: progress.retries,
    ...(object.requestId === undefined ? {} : { requestId: object.requestId }),
    ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
    ...(forbidOverwrite === undefined ? {} : { forbidOverwrite }),
    ...(parts === 0 || uploadId === undefined ? {} : { uploadId }),
    ...(object.callback === undefined ? {} : { callback: object.callback }),
  }
}

/** Warns if OSS did not do something for this object that was requested, or that it usually does. */
function warnOfLimits(run: Run, object: Stored['object']): void {
  if (object.crc64 === undefined) {
    warn(
      run,
      'NOT_VERIFIED',
      `OSS gave no CRC-64 of ${run.key}, so it could not be compared with the bytes sent. A proxy may remove it`,
    )
  }
  const kept = overwritingOf(run, object.versionId)
  const isDoubtful = object.versionId !== undefined || kept === 'unchecked'
  if (kept === undefined || !isDoubtful) return
  const looked =
    kept === 'checked'
      ? 'No object was found before this one was stored'
      : 'The credentials may not look for the object, so it may have replaced one'
  warn(
    run,
    'OVERWRITE_NOT_ENFORCED',
    `OSS ${object.versionId === undefined ? 'may ignore' : 'ignores'} forbidOverwrite in this bucket. ${looked}`,
  )
}

/** Journals the end, aborts pending uploads, and removes the checkpoint if none is left. */
async function closeTheBook(
  run: Run,
  inParts: boolean,
  object: Stored['object'],
  crc64: bigint,
): Promise<void> {
  const { checkpoint } = run
  // A checkpoint with only damaged records knows no upload, but its file exists.
  if (checkpoint.isEmpty && checkpoint.damaged === 0) return
  if (inParts) await checkpoint.recordAndSync({ t: 'done', e: object.etag, c: crc64.toString() })
  // The object may have the same bytes from another owner, and our upload id may still exist.
  const isOver = object.isFound !== true || (await endUpload(run))
  if ((await tryCleanUp(run)) && isOver) await checkpoint.remove()
}

/** After a failure: keeps the checkpoint if the same call can continue, otherwise cleans up. */
export async function leave(run: Run, error: unknown): Promise<void> {
  const { state } = run.checkpoint
  const isOver = isOssupError(error) && endings.has(error.code)
  const isKept = run.options.checkpoint !== false && !isOver
  if (isOssupError(error)) {
    const isDetached = error.code === 'JOURNAL_GONE'
    error.resumable = isKept && state.upload !== undefined && !isDetached
    if (isDetached) error.uploadId = state.upload?.id
  }
  if (isKept && (state.upload !== undefined || run.signal.aborted)) return
  if (isOssupError(error) && error.name === 'JournalError') return
  const stop = cleanUpSignal(run)
  try {
    const hasty = makeRequester(run, hurried(run.options), run.progress)
    const left = { ...run, requester: hasty, signal: stop.signal }
    await giveUp(left, isOver ? error.code : 'no checkpoint is kept')
    if (await tryCleanUp(left)) await run.checkpoint.remove()
  } catch {
    // The first failure is more important. All pending aborts stay in the journal.
  } finally {
    stop.leave()
  }
}

/**
 * The signal of a clean-up: the signal of the upload. If that is aborted already, the clean-up gets a few seconds,
 * because without a checkpoint no later run can do it.
 */
function cleanUpSignal({ signal, clock }: Run): LinkedStop {
  if (!signal.aborted) return linkedStop(signal)
  const stop = linkedStop(new AbortController().signal)
  const pause = new AbortController()
  clock.sleep(cleanUpMs, pause.signal).then(
    () => stop.abort(signal.reason),
    () => {},
  )
  return { ...stop, leave: () => pause.abort() }
}

function hurried(options: CompleteOptions): CompleteOptions {
  return { ...options, attempts: 2, offlineTimeoutMs: 0, idleTimeoutMs: 5000 }
}
