import { NetworkError } from '../../errors.ts'
import { type ListedUpload, listMultipartUploads } from '../../oss/list-multipart-uploads.ts'
import type { Run } from '../run/run.ts'

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
