import { child, children, text } from '../xml/parse.ts'
import { badAnswer, readBoolean, rootOf } from './answer.ts'
import { type BucketSummary, readBucket } from './bucket-summary.ts'
import type { CallOptions, OssClient } from './client.ts'
import { refuseStandstill } from './paging.ts'
import { givenOnly } from './query.ts'

/** The buckets to list. */
export interface ListBucketsRequest {
  readonly prefix?: string
  /** Where to continue: `nextMarker` of the last page. */
  readonly marker?: string
  /** Maximum number of entries per page, 1 to 1,000. @default 100 */
  readonly maxKeys?: number
}

/** One page of buckets. */
export interface BucketsPage {
  readonly buckets: readonly BucketSummary[]
  readonly isTruncated: boolean
  /** Present if there are more buckets. */
  readonly nextMarker?: string | undefined
}

/** One page of the account's buckets. Not possible over a custom domain. */
export async function listBuckets(
  client: OssClient,
  { prefix, marker, maxKeys }: ListBucketsRequest = {},
  call?: CallOptions,
): Promise<BucketsPage> {
  const query = givenOnly({ prefix, marker, 'max-keys': maxKeys })
  const answer = await client.call(
    { operation: 'ListBuckets', method: 'GET', level: 'service', query },
    call,
  )
  const root = rootOf(answer, 'ListAllMyBucketsResult')
  const list = child(root, 'Buckets')
  if (list === undefined) throw badAnswer(answer, 'Buckets is missing')
  // A complete list from OSS does not have these two.
  const truncated = text(root, 'IsTruncated') || 'false'
  const isTruncated = readBoolean(answer, 'IsTruncated', truncated)
  const nextMarker = isTruncated ? text(root, 'NextMarker') : undefined
  if (isTruncated && !nextMarker) throw badAnswer(answer, 'NextMarker is missing')
  if (isTruncated) refuseStandstill(answer, marker, nextMarker)
  return {
    buckets: children(list, 'Bucket').map(element => readBucket(answer, element)),
    isTruncated,
    nextMarker,
  }
}
