import { NetworkError } from '../../errors.ts'
import { type ListedUpload, listMultipartUploads } from '../../oss/list-multipart-uploads.ts'
import type { Run } from '../run/run.ts'

/** What it takes to list uploads. */
export type Lister = Pick<Run, 'client' | 'requester' | 'signal'>

/** The unfinished uploads of this very key, whoever began them. */
export async function allUploadsOfKey(run: Lister & Pick<Run, 'key'>): Promise<ListedUpload[]> {
  const found: ListedUpload[] = []
  for await (const page of pagesOfUploads(run, run.key)) {
    found.push(...page.filter(upload => upload.key === run.key))
    // Uploads come in order of key, and ours is the first that begins with itself.
    if (page.some(upload => upload.key !== run.key)) break
  }
  return found
}

/** The unfinished uploads whose keys begin with a prefix, page by page. */
export async function* pagesOfUploads(
  { client, requester, signal }: Lister,
  prefix: string,
): AsyncGenerator<readonly ListedUpload[]> {
  let keyMarker: string | undefined
  let uploadIdMarker: string | undefined
  // Of the key where the last page ended.
  const seen = new Set<string | undefined>()
  do {
    const markers = {
      ...(keyMarker === undefined ? {} : { keyMarker }),
      ...(uploadIdMarker === undefined ? {} : { uploadIdMarker }),
    }
    const page = await requester.run({ operation: 'ListMultipartUploads', signal }, call =>
      listMultipartUploads(client, { prefix, ...markers }, call),
    )
    yield page.uploads
    if (page.nextKeyMarker !== keyMarker) seen.clear()
    keyMarker = page.nextKeyMarker
    uploadIdMarker = page.nextUploadIdMarker
    // Markers that go round in a circle would be asked for ever.
    if (keyMarker !== undefined && seen.has(uploadIdMarker)) throw goesRound(prefix)
    seen.add(uploadIdMarker)
  } while (keyMarker !== undefined)
}

function goesRound(prefix: string): NetworkError {
  return new NetworkError(
    'BAD_ANSWER',
    "OSS's answer cannot be used: its pages go round in a circle",
    {
      operation: 'ListMultipartUploads',
      key: prefix,
      sent: 'maybe',
    },
  )
}
