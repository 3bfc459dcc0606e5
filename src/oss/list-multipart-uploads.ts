import { children, text } from '../xml/parse.ts'
import { badAnswer, decoderFor, readBoolean, readTime, requiredText, rootOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'
import { refuseStandstill } from './paging.ts'
import { givenOnly } from './query.ts'

/** The uploads to list. */
export interface ListMultipartUploadsRequest {
  readonly prefix?: string
  readonly delimiter?: string
  /** Lists uploads after this key. */
  readonly keyMarker?: string
  /** With `keyMarker`: lists uploads after this upload of that key. */
  readonly uploadIdMarker?: string
  /** Maximum number of entries per page, 1 to 1,000. @default 1_000 */
  readonly maxUploads?: number
}

/** An upload that was neither completed nor aborted. */
export interface ListedUpload {
  readonly key: string
  readonly uploadId: string
  /** Time of the start, in epoch milliseconds. OSS gives whole seconds. */
  readonly initiatedAt: number
  readonly storageClass?: string | undefined
}

/** One page of unfinished uploads. */
export interface UploadsPage {
  /** The uploads, in the order of their keys' bytes. */
  readonly uploads: readonly ListedUpload[]
  readonly prefixes: readonly string[]
  readonly isTruncated: boolean
  /** Present if there are more uploads: give both to the next request. */
  readonly nextKeyMarker?: string | undefined
  readonly nextUploadIdMarker?: string | undefined
}

/** One page of the uploads that were neither completed nor aborted. */
export async function listMultipartUploads(
  client: OssClient,
  request: ListMultipartUploadsRequest = {},
  call?: CallOptions,
): Promise<UploadsPage> {
  const query = {
    uploads: '',
    'encoding-type': 'url',
    ...givenOnly({
      prefix: request.prefix,
      delimiter: request.delimiter,
      'key-marker': request.keyMarker,
      'upload-id-marker': request.uploadIdMarker,
      'max-uploads': request.maxUploads,
    }),
  }
  const answer = await client.call(
    { operation: 'ListMultipartUploads', method: 'GET', query },
    call,
  )
  const root = rootOf(answer, 'ListMultipartUploadsResult')
  const decoded = decoderFor(answer, root)
  const isTruncated = readBoolean(answer, 'IsTruncated', text(root, 'IsTruncated'))
  const nextKeyMarker = decoded(root, 'NextKeyMarker') || undefined
  if (isTruncated && nextKeyMarker === undefined) {
    throw badAnswer(answer, 'NextKeyMarker is missing')
  }
  const nextUploadIdMarker = text(root, 'NextUploadIdMarker') || undefined
  if (isTruncated) {
    // The order of the ids of one key is not confirmed, so we only require that they differ.
    const isSameKey = nextKeyMarker === request.keyMarker
    if (!isSameKey) refuseStandstill(answer, request.keyMarker, nextKeyMarker)
    else if ((nextUploadIdMarker ?? '') === (request.uploadIdMarker ?? '')) {
      throw badAnswer(answer, 'the next page is the same one')
    }
  }
  return {
    uploads: children(root, 'Upload').map(element => ({
      key: decoded(element, 'Key') || requiredText(answer, element, 'Key'),
      uploadId: requiredText(answer, element, 'UploadId'),
      initiatedAt: readTime(answer, 'Initiated', text(element, 'Initiated')),
      storageClass: text(element, 'StorageClass'),
    })),
    prefixes: children(root, 'CommonPrefixes').map(
      element => decoded(element, 'Prefix') || requiredText(answer, element, 'Prefix'),
    ),
    isTruncated,
    nextKeyMarker: isTruncated ? nextKeyMarker : undefined,
    nextUploadIdMarker: isTruncated ? nextUploadIdMarker : undefined,
  }
}
