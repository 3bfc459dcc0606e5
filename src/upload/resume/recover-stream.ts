// Finds the upload of a stream if the journal does not have its id: the record was damaged, or the checkpoint is
// lost and the caller set `adopt`. A stream cannot be read twice, so its first part decides: an upload whose first
// part has the same bytes is ours. Later parts are verified while they are read. Contract, rules 7 and 18.

import { OssError } from '../../errors.ts'
import { partSizeMin } from '../../limits.ts'
import type { ListedUpload } from '../../oss/list-multipart-uploads.ts'
import { hasEqualBytes, listPartsOf } from '../check/reconcile.ts'
import { allUploadsOfKey } from '../cleanup/list-uploads.ts'
import { beganAfter, mayHaveBegun } from '../cleanup/pending-aborts.ts'
import type { Run } from '../run/run.ts'
import { refuseYoung, takeOver } from './adopt.ts'

/** Reads the first bytes of the stream, but leaves them in it. */
export type Peek = (size: number) => Promise<Uint8Array>

/** The stream of this run. */
export interface Offered {
  readonly peek: Peek
  /** The part sizes that a new upload would use. */
  readonly base: number
}

/** Continues the upload of an earlier run whose id the journal has lost, if there is one. */
export async function recoverStream(run: Run, offered: Offered): Promise<void> {
  const { state, damaged, isEmpty, begunAt } = run.checkpoint
  if (state.upload !== undefined || (isEmpty && damaged === 0)) return
  const found = await findByFirstPart(run, offered, ({ uploadId, initiatedAt }) => {
    if (state.aborting.has(uploadId)) return false
    return begunAt === undefined || beganAfter(run, begunAt, initiatedAt)
  }).catch(unlessRefused)
  if (found === undefined) return
  const { uploadId, initiatedAt } = found.upload
  const intent = [...state.intents.values()].find(one => mayHaveBegun(run, one, initiatedAt))
  if (intent === undefined) await takeOver(run, { size: 0 }, { ...found, uploadId, records: [] })
  else {
    const { nonce } = intent
    const upload = { t: 'upload', id: uploadId, nonce, at: initiatedAt } as const
    await run.checkpoint.recordAndSync(intent, upload)
  }
}

/**
 * Continues an upload of this key whose first part has the first bytes of the stream.
 * @returns false if no upload was found
 * @throws {StateError} `ADOPT_TOO_YOUNG`
 */
export async function adoptStream(run: Run, offered: Offered, force: boolean): Promise<boolean> {
  const { aborting } = run.checkpoint.state
  const found = await findByFirstPart(run, offered, ({ uploadId }) => !aborting.has(uploadId))
  if (found === undefined) return false
  const candidate = { ...found, uploadId: found.upload.uploadId, records: [] }
  if (!force) refuseYoung(run, candidate)
  await takeOver(run, { size: 0 }, candidate)
  return true
}

/** The upload with the most parts, of those whose first part has the bytes of the stream. */
async function findByFirstPart(
  run: Run,
  offered: Offered,
  isWanted: (upload: ListedUpload) => boolean,
) {
  let best: Awaited<ReturnType<typeof examine>>
  for (const upload of (await allUploadsOfKey(run)).filter(isWanted)) {
    const candidate = await examine(run, offered, upload)
    if (candidate === undefined) continue
    if (best === undefined || candidate.listed.size > best.listed.size) best = candidate
  }
  return best
}

async function examine(run: Run, { peek, base }: Offered, upload: ListedUpload) {
  const listed = await listPartsOf(run, upload.uploadId)
  if (listed === undefined || listed === 'gone') return undefined
  const first = listed.get(1)
  if (first === undefined) return undefined
  const bytes = await peek(first.size)
  if (bytes.length !== first.size || !hasEqualBytes(bytes, first)) return undefined
  // A first part below the minimum size was the whole stream then, and does not show the part size.
  return { upload, listed, partSize: first.size < partSizeMin ? base : first.size }
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof OssError) || error.status !== 403) throw error
}
