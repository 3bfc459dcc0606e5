// Clean-up: aborts the upload ids that were given up, and the uploads of Initiates whose answer was lost. It runs
// after the upload, each run tries again, and an upload never waits for it. Contract, rule 7.

import { OssError, OssupError } from '../../errors.ts'
import { abortMultipartUpload } from '../../oss/abort-multipart-upload.ts'
import { listParts } from '../../oss/list-parts.ts'
import { backoffMs } from '../../schedule/backoff.ts'
import { type Run, warn } from '../run/run.ts'
import { beganAfter, findUnknownUploads, slackMs } from './find-uploads.ts'

/** The most Aborts for one upload: parts in flight can arrive after one, so it is sent until OSS answers 404. */
const abortAttempts = 8

/**
 * Gives up the current upload id, to be aborted by `tryCleanUp`. If its Complete was sent, it is aborted at
 * once: a late Complete would replace the next object.
 */
export async function giveUp(run: Run, why: string): Promise<void> {
  const { upload, completing } = run.checkpoint.state
  if (upload === undefined) return
  await run.checkpoint.recordAndSync({ t: 'aborting', id: upload.id, why })
  if (completing === undefined) return
  await abortPending(run, upload.id).catch((error: unknown) => {
    // `tryCleanUp` tries again, and warns.
    if (isSerious(run, error)) throw error
  })
}

/**
 * Makes sure that OSS does not keep the current upload id, whose object is stored. Until then the journal stays,
 * with its `done`, so that the next run does the same.
 * @returns true if OSS does not know the upload id any more
 */
export async function endUpload(run: Run): Promise<boolean> {
  const { upload } = run.checkpoint.state
  if (upload === undefined) return true
  return attemptQuietly(run, `upload id ${upload.id}`, () => abortUntilGone(run, upload.id))
}

/**
 * Aborts all that can be aborted. The rest is reported as a warning and stays in the journal.
 * @returns true if nothing is pending any more.
 */
export async function tryCleanUp(run: Run): Promise<boolean> {
  const { state } = run.checkpoint
  for (const id of [...state.aborting.keys()]) {
    await attemptQuietly(run, `upload id ${id}`, () => abortPending(run, id))
  }
  await attemptQuietly(run, 'an upload without parts, perhaps', () => abortOrphans(run))
  return state.aborting.size === 0 && state.intents.size === 0
}

/** Aborts all pending uploads. @throws {OssupError} the first failure; the rest stays in the journal. */
export async function cleanUp(run: Run): Promise<void> {
  for (const id of [...run.checkpoint.state.aborting.keys()]) await abortPending(run, id)
  await abortOrphans(run)
}

async function abortPending(run: Run, id: string): Promise<void> {
  await abortUntilGone(run, id)
  await run.checkpoint.record({ t: 'aborted', id })
}

async function abortOrphans(run: Run): Promise<void> {
  const nonces = [...run.checkpoint.state.intents.keys()]
  if (nonces.length === 0 && run.checkpoint.damaged === 0) return
  for (const id of await findOrphans(run)) await abortUntilGone(run, id)
  if (nonces.length === 0) return
  await run.checkpoint.record(...nonces.map(nonce => ({ t: 'settled', nonce }) as const))
}

/** The parts of a run that an abort needs. */
export type Aborter = Pick<Run, 'client' | 'key' | 'requester' | 'clock' | 'random' | 'signal'>

/** Sends Abort until OSS does not know the upload any more. @throws {OssupError} `LEFT_BEHIND` */
export async function abortUntilGone(run: Aborter, uploadId: string): Promise<void> {
  for (let attempt = 1; attempt <= abortAttempts; attempt++) {
    try {
      await run.requester.run({ operation: 'AbortMultipartUpload', signal: run.signal }, call =>
        abortMultipartUpload(run.client, { key: run.key, uploadId }, call),
      )
    } catch (error) {
      if (!(error instanceof OssError)) throw error
      if (error.code === 'NoSuchUpload') return
      // Without permission to abort, a listing may still show that there is nothing to abort.
      if (error.code === 'AccessDenied' && (await isDetached(run, uploadId))) return
      throw error
    }
    if (attempt > 1) await run.clock.sleep(backoffMs(attempt, run.random.next()), run.signal)
  }
  throw new OssupError('LEFT_BEHIND', 'OSS still knows the upload after it was aborted', {
    key: run.key,
    uploadId,
  })
}

/**
 * The uploads of Initiates without an answer. They started within the window of such an intent, we do not know
 * their ids, and they have no part. If there are more of them than intents, some belong to other owners, so none is
 * aborted. If records are damaged, an intent may be lost with them: then we take the uploads without a part that
 * started after this journal and before this run.
 */
async function findOrphans(run: Run): Promise<string[]> {
  const { damaged, openedAt, startedAt } = run.checkpoint
  const usedMs = openedAt - (startedAt ?? openedAt) + slackMs
  const candidates = (await findUnknownUploads(run)).filter(({ intent, initiatedAt }) => {
    if (intent !== undefined) return true
    return damaged > 0 && startedAt !== undefined && beganAfter(run, startedAt, initiatedAt, usedMs)
  })
  const empty: string[] = []
  const filled: string[] = []
  for (const { uploadId } of candidates) {
    const parts = await hasParts(run, uploadId)
    if (parts === false) empty.push(uploadId)
    if (parts === true) filled.push(uploadId)
  }
  if (damaged > 0 && filled.length > 0) {
    // Their parts do not have the bytes of the source any more, so nothing proves that they are ours.
    const ids = filled.join(', ')
    warn(
      run,
      'LEFT_BEHIND',
      `Left behind at OSS, perhaps: the checkpoint lost its upload id, and ${ids} of ${run.key} may be it. Abort it if it is yours`,
    )
  }
  if (damaged > 0 || empty.length <= run.checkpoint.state.intents.size) return empty
  const many = `${empty.length} empty uploads of ${run.key}, ours or another's`
  warn(run, 'LEFT_BEHIND', `Left behind at OSS: ${many}. None was aborted`)
  return []
}

async function isDetached(run: Aborter, uploadId: string): Promise<boolean> {
  try {
    await run.requester.run({ operation: 'ListParts', signal: run.signal }, call =>
      listParts(run.client, { key: run.key, uploadId, maxParts: 1 }, call),
    )
    return false
  } catch (error) {
    if (!(error instanceof OssError)) throw error
    return error.code === 'NoSuchUpload'
  }
}

/** Whether OSS has parts of an upload; `undefined` if it does not know the upload any more. */
async function hasParts(run: Run, uploadId: string): Promise<boolean | undefined> {
  try {
    const page = await run.requester.run({ operation: 'ListParts', signal: run.signal }, call =>
      listParts(run.client, { key: run.key, uploadId, maxParts: 1 }, call),
    )
    return page.parts.length > 0
  } catch (error) {
    if (error instanceof OssError && error.code === 'NoSuchUpload') return undefined
    throw error
  }
}

/** True for a failure of the upload itself, false for a failure of the clean-up only. */
function isSerious(run: Run, error: unknown): boolean {
  return run.signal.aborted || !(error instanceof OssupError) || error.name === 'JournalError'
}

async function attemptQuietly(run: Run, what: string, pay: () => Promise<void>): Promise<boolean> {
  try {
    await pay()
    return true
  } catch (error) {
    if (!(error instanceof OssupError) || isSerious(run, error)) throw error
    warn(
      run,
      'LEFT_BEHIND',
      `Left behind at OSS: ${what} of ${run.key} (${error.code}). The next run tries again`,
    )
    return false
  }
}
