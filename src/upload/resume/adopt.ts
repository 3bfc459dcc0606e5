// Takes over an upload that this checkpoint does not know: oss2 started it, or its checkpoint is lost. Each part
// is compared with the source, and only equal parts are used. If no part is equal, the upload belongs to another
// owner. Contract, rule 18.

import { StateError } from '../../errors.ts'
import type { JournalRecord } from '../../journal/record.ts'
import type { ListedPart } from '../../oss/list-parts.ts'
import { locateSideBySide } from '../../plan/locate-parts.ts'
import { planParts } from '../../plan/plan-parts.ts'
import type { Identity } from '../../ports.ts'
import { listPartsOf, recordsOfEqualParts, thatFit } from '../check/reconcile.ts'
import { allUploadsOfKey } from '../cleanup/list-uploads.ts'
import {
  headersOfUpload,
  makeNonce,
  nonceHeader,
  type Run,
  type SourceRun,
  warn,
} from '../run/run.ts'
import { begin } from '../start/initiate.ts'

/** A part younger than this may belong to an upload that is still running somewhere. */
const youngMs = 15 * 60_000

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

export interface Candidate {
  readonly uploadId: string
  readonly partSize: number
  readonly listed: ReadonlyMap<number, ListedPart>
  readonly records: readonly JournalRecord[]
}

/**
 * Continues an upload from the record of another program.
 * @returns false if OSS does not know it, or has no part of this source
 */
export async function adoptEarlier(run: SourceRun, identity: Identity): Promise<boolean> {
  const { earlier } = run
  if (earlier === undefined) return false
  const candidate = await examine(run, identity, earlier.uploadId, earlier.partSize)
  if (candidate === undefined) return false
  await takeOver(run, identity, candidate)
  return true
}

/**
 * Finds the upload of this key that has the most bytes of the source, and continues it.
 * @param force also takes an upload that may still run elsewhere
 * @returns false if no upload was found
 * @throws {StateError} `ADOPT_TOO_YOUNG`
 */
export async function adoptFound(
  run: SourceRun,
  identity: Identity,
  force: boolean,
): Promise<boolean> {
  let best: Candidate | undefined
  for (const { uploadId } of await allUploadsOfKey(run)) {
    // An upload that we gave up, for example for its headers, is not taken again.
    if (run.checkpoint.state.aborting.has(uploadId)) continue
    const candidate = await examine(run, identity, uploadId, undefined)
    if (candidate === undefined) continue
    if (best === undefined || candidate.records.length > best.records.length) best = candidate
  }
  if (best === undefined) return false
  if (!force) refuseYoung(run, best)
  await takeOver(run, identity, best)
  return true
}

/** @throws {StateError} `ADOPT_TOO_YOUNG` */
export function refuseYoung(run: Run, { uploadId, listed }: Candidate): void {
  const youngest = Math.max(...[...listed.values()].map(part => part.lastModified))
  const ageMs = run.clock.now() + run.client.serverOffset - youngest
  if (ageMs >= youngMs) return
  throw new StateError(
    'ADOPT_TOO_YOUNG',
    `The upload ${uploadId} got a part ${Math.max(0, Math.round(ageMs / 1000))} s ago`,
    {
      key: run.key,
      hint: 'It may be running elsewhere. Wait 15 minutes, or force it if you know that it is not',
    },
  )
}

/** The parts of an upload that have the bytes of the source; `undefined` if no part has. */
export async function examine(
  run: SourceRun,
  identity: Identity,
  uploadId: string,
  knownPartSize: number | undefined,
): Promise<Candidate | undefined> {
  const listed = await listPartsOf(run, uploadId)
  if (listed === 'gone') return undefined
  if (listed === undefined) {
    warn(run, 'ADOPT_REFUSED', `Without oss:ListParts the upload ${uploadId} cannot be continued`)
    return undefined
  }
  const partSize = knownPartSize ?? guessPartSize(listed)
  if (partSize === undefined) return undefined
  const { missing } = planParts(identity.size, partSize)
  // Tries parts of one size, which most programs make; then parts of any sizes side by side.
  const candidates = [...missing, ...locateSideBySide(listed.values(), identity.size)]
  const equal = await recordsOfEqualParts(run, identity, candidates, listed)
  const records = thatFit(equal, [], identity.size)
  return records.length === 0 ? undefined : { uploadId, partSize, listed, records }
}

/** All parts but the last have one size: the size of the first part or, without it, the largest. */
function guessPartSize(listed: ReadonlyMap<number, ListedPart>): number | undefined {
  const sizes = [...listed.values()].map(part => part.size)
  return sizes.length === 0 ? undefined : (listed.get(1)?.size ?? Math.max(...sizes))
}

export async function takeOver(run: Run, identity: Identity, candidate: Candidate): Promise<void> {
  const nonce = makeNonce(run.random)
  const moments = [...candidate.listed.values()].map(part => part.lastModified)
  await begin(run, identity)
  // We know neither its mark nor its other headers.
  const { [nonceHeader]: _, ...headers } = headersOfUpload(run, nonce)
  const intent = {
    t: 'intent',
    nonce,
    headers,
    partSize: candidate.partSize,
    at: run.clock.now(),
  } as const
  // We do not know when it started. It was before its oldest part.
  const upload = {
    t: 'upload',
    id: candidate.uploadId,
    nonce,
    at: Math.min(...moments),
  } as const
  await run.checkpoint.recordAndSync(intent, upload, intent, upload, ...candidate.records)
}
