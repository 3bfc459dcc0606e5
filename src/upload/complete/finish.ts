// The ends of an upload: stored, or given back to the caller with what can be continued.

import { type LinkedStop, linkedStop } from '../../async/signals.ts'
import { isOssupError } from '../../errors.ts'
import { messageOf } from '../../foreign/error.ts'
import type { CompleteOptions, UploadResult } from '../../options/upload-options.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import { makeRequester } from '../../schedule/make-requester.ts'
import type { FoundObject } from '../check/look-at-object.ts'
import { overwritingOf } from '../check/overwrite-guard.ts'
import { endings } from '../cleanup/given-up.ts'
import { endUpload, giveUp, tryCleanUp } from '../cleanup/pending-aborts.ts'
import { type Run, warn } from '../run/run.ts'

/** Milliseconds that an upload without a checkpoint has for its clean-up after it was stopped. */
const cleanUpMs = 5000

/** The object is stored: closes the checkpoint and puts together what the caller is told. */
export async function finish(
  run: Run,
  object: StoredObject | FoundObject,
  crc64: bigint,
  parts: number,
  size = run.checkpoint.state.source?.size ?? 0,
): Promise<UploadResult> {
  const { checkpoint, progress } = run
  const uploadId = checkpoint.state.upload?.id
  warnOfLimits(run, object)
  const forbidOverwrite = overwritingOf(run, object.versionId)
  try {
    await closeTheBook(run, parts > 0, object, crc64)
  } catch (error) {
    // The object is stored and verified: nothing that happens to the checkpoint changes that.
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

/** Warns of what OSS did not do for this object although it was asked to, or usually does. */
function warnOfLimits(run: Run, object: StoredObject | FoundObject): void {
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

/** Journals the end, pays debts, and removes the checkpoint unless some are left. */
async function closeTheBook(
  run: Run,
  inParts: boolean,
  object: StoredObject | FoundObject,
  crc64: bigint,
): Promise<void> {
  const { checkpoint } = run
  // One whose every record is damaged knows of nothing either, and is there all the same.
  if (checkpoint.isEmpty && checkpoint.damaged === 0) return
  if (inParts) await checkpoint.recordAndSync({ t: 'done', e: object.etag, c: crc64.toString() })
  // An object that was found may be the same bytes from another owner, while our upload still lives.
  const isOver = !('isFound' in object) || (await endUpload(run))
  if ((await tryCleanUp(run)) && isOver) await checkpoint.remove()
}

/** After a failure: keeps what the same call can continue from, and tidies up what it cannot. */
export async function leave(run: Run, error: unknown): Promise<void> {
  const { state } = run.checkpoint
  const isOver = isOssupError(error) && endings.has(error.code)
  const isKept = run.options.checkpoint !== false && !isOver
  if (isOssupError(error)) {
    const isGone = error.code === 'JOURNAL_GONE'
    error.resumable = isKept && state.upload !== undefined && !isGone
    if (isGone) error.uploadId = state.upload?.id
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
    // The failure that is being reported matters more. All that is pending stays in the journal.
  } finally {
    stop.leave()
  }
}

/**
 * The signal of a clean-up: it ends with the upload's own signal. If that was aborted before, the clean-up has a
 * few seconds, since without a checkpoint no later run can do it.
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
