// Continues an upload whose id the checkpoint does not have: another program started it (`adopt`), or its record was
// damaged (`recover`). Its parts are compared with the content, and only equal parts are used. An upload without an
// equal part belongs to another owner. Contract, rules 1, 6, 7 and 18.

import { StateError } from '../../errors.ts'
import type { IntentRecord } from '../../journal/record.ts'
import type { ListedPart } from '../../oss/list-parts.ts'
import { isForbidden } from '../../oss/refusal.ts'
import { listPartsOf } from '../check/reconcile.ts'
import { beganAfter, findUnknownUploads, type UnknownUpload } from '../cleanup/find-uploads.ts'
import type { ContentSteps, Match, Stored } from '../run/content.ts'
import { headersOfUpload, makeNonce, nonceHeader, type Run, warn } from '../run/run.ts'
import { begin } from '../start/initiate.ts'

/** A part younger than this may belong to an upload that is still running somewhere. */
const youngMs = 15 * 60_000

/** An unfinished upload that has bytes of the content. */
interface Candidate extends Match {
  readonly uploadId: string
  readonly listed: ReadonlyMap<number, ListedPart>
}

/**
 * Warns that `adopt` has no effect: a source that is sent in one request has no upload to continue. In a batch,
 * there is no warning for small files.
 */
export function warnIfNotAdopting(run: Run): void {
  const { adopt, multipartThreshold } = run.options
  if (adopt === false || run.shared !== undefined) return
  const why = `is below the threshold for parts (${multipartThreshold} bytes) and goes as one request`
  const message = `adopt has no effect: ${run.sourceName} ${why}, so no upload of it is looked for`
  warn(run, 'ADOPT_UNUSED', message)
}

/**
 * Continues an upload of another program: the one that it left a record of, or with the option `adopt` the one of this
 * key that has the most bytes of the content.
 * @returns false if it found no such upload
 * @throws {StateError} `ADOPT_TOO_YOUNG` without `adopt: 'force'`
 */
export async function adopt(run: Run, content: ContentSteps): Promise<boolean> {
  const { earlier, options } = run
  const recorded = earlier && (await compare(run, content, earlier.uploadId, earlier.partSize))
  if (recorded !== undefined) {
    await takeOver(run, content, recorded)
    return true
  }
  if (options.adopt === false) return false
  const best = await findBest(run, content, await findUnknownUploads(run))
  if (best === undefined) return false
  if (options.adopt !== 'force') refuseYoung(run, best)
  await takeOver(run, content, best)
  return true
}

/**
 * Continues the upload of an earlier run whose id the journal has lost. Does nothing if the listing is not permitted,
 * or if OSS has no part of this content.
 * @returns the object, if that upload was completed
 */
export async function recover(run: Run, content: ContentSteps): Promise<Stored | undefined> {
  const { state, damaged, isEmpty } = run.checkpoint
  if (state.upload !== undefined || state.done !== undefined) return undefined
  if (isEmpty && damaged === 0) return undefined
  const uploads = await uploadsSinceBegin(run)
  const best = await findBest(run, content, uploads)
  if (best === undefined) return content.findUnrecorded()
  const { intent, initiatedAt, uploadId, records } = best
  run.found.uploadId = uploadId
  if (intent === undefined) await takeOver(run, content, best)
  else {
    // Of two uploads that the same intent may have started, the other one is left to the clean-up.
    const isUnique = uploads.filter(upload => upload.intent === intent).length === 1
    const pending = isUnique ? [] : [{ ...intent, nonce: makeNonce(run.random) }]
    await run.checkpoint.recordAndSync(
      { t: 'source', ...content.identity, at: run.clock.now() },
      ...pending,
      intent,
      { t: 'upload', id: uploadId, nonce: intent.nonce, at: initiatedAt },
      ...records,
    )
  }
  return undefined
}

async function uploadsSinceBegin(run: Run): Promise<UnknownUpload[]> {
  const { startedAt } = run.checkpoint
  try {
    const uploads = await findUnknownUploads(run)
    return uploads.filter(
      ({ initiatedAt }) => startedAt === undefined || beganAfter(run, startedAt, initiatedAt),
    )
  } catch (error) {
    if (isForbidden(error)) return []
    throw error
  }
}

/** The upload with the most equal parts. */
async function findBest(
  run: Run,
  content: ContentSteps,
  uploads: readonly UnknownUpload[],
): Promise<(Candidate & UnknownUpload) | undefined> {
  let best: (Candidate & UnknownUpload) | undefined
  for (const upload of uploads) {
    const candidate = await compare(run, content, upload.uploadId, upload.intent?.partSize)
    if (candidate === undefined || candidate.partsEqual <= (best?.partsEqual ?? 0)) continue
    best = { ...upload, ...candidate }
  }
  return best
}

/** @param partSize if it is known */
async function compare(
  run: Run,
  content: ContentSteps,
  uploadId: string,
  partSize: number | undefined,
): Promise<Candidate | undefined> {
  const listed = await listPartsOf(run, uploadId)
  if (listed === 'gone') return undefined
  if (listed === undefined) {
    warn(run, 'ADOPT_REFUSED', `Without oss:ListParts the upload ${uploadId} cannot be continued`)
    return undefined
  }
  const match = await content.match(listed, partSize)
  return match && { ...match, uploadId, listed }
}

function refuseYoung(run: Run, { uploadId, listed }: Candidate): void {
  const youngest = Math.max(...[...listed.values()].map(part => part.lastModified))
  const ageMs = run.clock.now() + run.client.serverOffset - youngest
  if (ageMs >= youngMs) return
  throw new StateError(
    'ADOPT_TOO_YOUNG',
    `The upload ${uploadId} got a part ${Math.max(0, Math.round(ageMs / 1000))} s ago`,
    {
      key: run.key,
      hint: "It may be running elsewhere. Wait 15 minutes. If you know that it is not: adopt: 'force', or --force",
    },
  )
}

/** Journals the upload as if this run had started it. */
async function takeOver(
  run: Run,
  { identity }: ContentSteps,
  { uploadId, partSize, listed, records }: Candidate,
): Promise<void> {
  const nonce = makeNonce(run.random)
  const moments = [...listed.values()].map(part => part.lastModified)
  await begin(run, identity)
  // We know neither its mark nor its other headers.
  const { [nonceHeader]: _, ...headers } = headersOfUpload(run, nonce)
  const intent: IntentRecord = { t: 'intent', nonce, headers, partSize, at: run.clock.now() }
  // We do not know when it started. It was before its oldest part.
  const upload = { t: 'upload', id: uploadId, nonce, at: Math.min(...moments) } as const
  await run.checkpoint.recordAndSync(intent, upload, intent, upload, ...records)
}
