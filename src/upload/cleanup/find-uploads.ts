// The one place that looks for uploads of ours at OSS whose ids we do not know: to continue one of them (`resume/`), or
// to abort those that were left behind (`pending-aborts.ts`).

import { NetworkError } from '../../errors.ts'
import type { IntentRecord } from '../../journal/record.ts'
import { type ListedUpload, listMultipartUploads } from '../../oss/list-multipart-uploads.ts'
import type { Run } from '../run/run.ts'
import { dateIntents } from '../start/date-intents.ts'

/** Milliseconds after its intent in which an Initiate may reach OSS. */
const intentWindowMs = 120_000
/** Tolerance for times that are compared in whole seconds. */
export const slackMs = 5000

/** An unfinished upload of our key that is neither the current one nor given up. */
export interface UnknownUpload extends ListedUpload {
  /** The intent whose Initiate may have started it. Without one, it is of another program or of a lost journal. */
  readonly intent: IntentRecord | undefined
}

/** Lists the unfinished uploads of our key whose ids the journal does not have. */
export async function findUnknownUploads(run: Run): Promise<UnknownUpload[]> {
  const uploads = await allUploadsOfKey(run)
  // The answer to the listing has OSS's time.
  await dateIntents(run)
  const { upload, aborting, intents } = run.checkpoint.state
  return uploads
    .filter(({ uploadId }) => uploadId !== upload?.id && !aborting.has(uploadId))
    .map(listed => {
      // The record of another program says that this upload is not ours.
      const isRecorded = listed.uploadId === run.earlier?.uploadId
      const possible = isRecorded ? [] : [...intents.values()]
      const intent = possible.find(one => mayHaveBegun(run, one, listed.initiatedAt))
      return { ...listed, intent }
    })
}

/** True if an upload that started at `initiatedAt` can belong to this intent. */
function mayHaveBegun(run: Run, { at, oss }: IntentRecord, initiatedAt: number): boolean {
  // An Initiate that got no connection was sent again with the same intent.
  const windowMs = intentWindowMs + run.options.offlineTimeoutMs
  if (oss === undefined) return beganAfter(run, at, initiatedAt, windowMs)
  const [from, to] = oss
  return initiatedAt >= from - slackMs && initiatedAt <= to + windowMs
}

/**
 * True if an upload started at `initiatedAt` within `windowMs` after one of our times. OSS gives whole seconds, so
 * times are not compared to the millisecond.
 */
export function beganAfter(
  run: Run,
  at: number,
  initiatedAt: number,
  windowMs = Number.POSITIVE_INFINITY,
): boolean {
  const afterMs = initiatedAt - (at + run.client.serverOffset)
  return afterMs >= -slackMs && afterMs <= windowMs
}

/** The parts of a run that a listing needs. */
export type Lister = Pick<Run, 'client' | 'requester' | 'signal'>

/** All unfinished uploads of exactly this key. */
export async function allUploadsOfKey(run: Lister & Pick<Run, 'key'>): Promise<ListedUpload[]> {
  const found: ListedUpload[] = []
  for await (const page of pagesOfUploads(run, run.key)) {
    found.push(...page.filter(upload => upload.key === run.key))
    // Uploads are listed in the order of keys, and our key is the first with this prefix.
    if (page.some(upload => upload.key !== run.key)) break
  }
  return found
}

/** The unfinished uploads whose keys start with a prefix, page by page. */
export async function* pagesOfUploads(
  { client, requester, signal }: Lister,
  prefix: string,
): AsyncGenerator<readonly ListedUpload[]> {
  let keyMarker: string | undefined
  let uploadIdMarker: string | undefined
  /** Markers of the current key that were used already: the order of upload ids is not known. */
  let seen = new Set<string>()
  do {
    const markers = {
      ...(keyMarker === undefined ? {} : { keyMarker }),
      ...(uploadIdMarker === undefined ? {} : { uploadIdMarker }),
    }
    const page = await requester.run({ operation: 'ListMultipartUploads', signal }, call =>
      listMultipartUploads(client, { prefix, ...markers }, call),
    )
    yield page.uploads
    const { nextKeyMarker, nextUploadIdMarker } = page
    if (nextKeyMarker !== keyMarker) seen = new Set()
    const mark = nextUploadIdMarker ?? ''
    if (nextKeyMarker !== undefined && seen.has(mark)) throw goesInCircles(nextKeyMarker)
    seen.add(mark)
    keyMarker = nextKeyMarker
    uploadIdMarker = nextUploadIdMarker
  } while (keyMarker !== undefined)
}

function goesInCircles(marker: string): NetworkError {
  return new NetworkError('BAD_ANSWER', `The pages of a listing go in circles at ${marker}`, {
    operation: 'ListMultipartUploads',
    sent: 'maybe',
    hint: 'The answer is not one of OSS: check the endpoint and any proxy',
  })
}
