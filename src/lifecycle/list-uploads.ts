import { type ListedUpload, listMultipartUploads } from '../oss/list-multipart-uploads.ts'
import type { Run } from './run.ts'

/** The unfinished uploads of this very key, whoever began them. */
export async function allUploadsOfKey(run: Run): Promise<ListedUpload[]> {
  const found: ListedUpload[] = []
  let keyMarker: string | undefined
  let uploadIdMarker: string | undefined
  do {
    const page = await run.requester.run(
      { operation: 'ListMultipartUploads', signal: run.signal },
      call =>
        listMultipartUploads(
          run.client,
          {
            prefix: run.key,
            ...(keyMarker === undefined ? {} : { keyMarker }),
            ...(uploadIdMarker === undefined ? {} : { uploadIdMarker }),
          },
          call,
        ),
    )
    found.push(...page.uploads.filter(upload => upload.key === run.key))
    // Uploads come in order of key, and ours is the first that begins with itself.
    const isPast = page.uploads.some(upload => upload.key !== run.key)
    // A marker that stands still would be asked for ever.
    const moves = page.nextKeyMarker !== keyMarker || page.nextUploadIdMarker !== uploadIdMarker
    keyMarker = page.isTruncated && !isPast && moves ? page.nextKeyMarker : undefined
    uploadIdMarker = page.nextUploadIdMarker
  } while (keyMarker !== undefined)
  return found
}
