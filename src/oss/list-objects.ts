import { shown } from '../text/shown.ts'
import { children, text } from '../xml/parse.ts'
import {
  badAnswer,
  decoderFor,
  readBoolean,
  readInteger,
  readTime,
  requiredText,
  rootOf,
  stripQuotes,
} from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'
import { compareKeys } from './key-order.ts'
import { givenOnly } from './query.ts'

/** The objects to list. */
export interface ListObjectsRequest {
  readonly prefix?: string
  /** Keys that are equal up to the first delimiter after the prefix become one entry of `prefixes`. */
  readonly delimiter?: string
  /** Maximum number of entries per page, 1 to 1,000. @default 100 */
  readonly maxKeys?: number
  /** Lists objects after this key. */
  readonly startAfter?: string
  /** Where to continue: `nextContinuationToken` of the last page. */
  readonly continuationToken?: string
}

/** An object in a list. */
export interface ListedObject {
  readonly key: string
  readonly size: number
  /** The ETag, without quotes. */
  readonly etag: string
  /** Time of the last change, in epoch milliseconds. */
  readonly lastModified: number
  readonly objectType?: string | undefined
  readonly storageClass?: string | undefined
}

/** One page of objects. */
export interface ObjectsPage {
  readonly objects: readonly ListedObject[]
  readonly prefixes: readonly string[]
  readonly isTruncated: boolean
  /** Present if there are more objects. */
  readonly nextContinuationToken?: string | undefined
}

/** One page of the objects of the bucket, in the order of their keys' bytes (ListObjectsV2). */
export async function listObjects(
  client: OssClient,
  request: ListObjectsRequest = {},
  call?: CallOptions,
): Promise<ObjectsPage> {
  const query = {
    'list-type': '2',
    'encoding-type': 'url',
    ...givenOnly({
      prefix: request.prefix,
      delimiter: request.delimiter,
      'max-keys': request.maxKeys,
      'start-after': request.startAfter,
      'continuation-token': request.continuationToken,
    }),
  }
  const answer = await client.call({ operation: 'ListObjects', method: 'GET', query }, call)
  const root = rootOf(answer, 'ListBucketResult')
  const decoded = decoderFor(answer, root)
  const isTruncated = readBoolean(answer, 'IsTruncated', text(root, 'IsTruncated'))
  const nextContinuationToken = decoded(root, 'NextContinuationToken') || undefined
  if (isTruncated && nextContinuationToken === undefined) {
    throw badAnswer(answer, 'NextContinuationToken is missing')
  }
  const found = children(root, 'Contents').map(element => ({
    key: decoded(element, 'Key') || requiredText(answer, element, 'Key'),
    size: readInteger(answer, 'Size', text(element, 'Size')),
    etag: stripQuotes(requiredText(answer, element, 'ETag')),
    lastModified: readTime(answer, 'LastModified', text(element, 'LastModified')),
    objectType: text(element, 'Type'),
    storageClass: text(element, 'StorageClass'),
  }))
  const prefixes = children(root, 'CommonPrefixes').map(
    element => decoded(element, 'Prefix') || requiredText(answer, element, 'Prefix'),
  )
  // Tokens are opaque, so only the keys can show that the listing makes progress.
  const names = [...found.map(({ key }) => key), ...prefixes]
  if (isTruncated && names.length === 0)
    throw badAnswer(answer, 'a page without entries has a next one')
  if (isTruncated && nextContinuationToken === request.continuationToken) {
    throw badAnswer(answer, 'the next page is the same one')
  }
  for (const name of names) {
    if (request.startAfter !== undefined && compareKeys(name, request.startAfter) <= 0) {
      throw badAnswer(answer, `a listing after ${shown(request.startAfter)} holds ${shown(name)}`)
    }
  }
  return {
    objects: found,
    prefixes,
    isTruncated,
    nextContinuationToken: isTruncated ? nextContinuationToken : undefined,
  }
}
