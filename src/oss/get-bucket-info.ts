import { child, text } from '../xml/parse.ts'
import { badAnswer, rootOf } from './answer.ts'
import { type BucketSummary, readBucket } from './bucket-summary.ts'
import type { CallOptions, OssClient } from './client.ts'

/** Facts about a bucket. */
export interface BucketInfo extends BucketSummary {
  /** Access rights: `private`, `public-read` or `public-read-write`. */
  readonly acl?: string | undefined
  /** The state of versioning: `Enabled` or `Suspended`; absent if versioning was never enabled. */
  readonly versioning?: string | undefined
  /** The state of transfer acceleration: `Enabled` or `Disabled`. */
  readonly transferAcceleration?: string | undefined
}

export async function getBucketInfo(client: OssClient, call?: CallOptions): Promise<BucketInfo> {
  const answer = await client.call(
    { operation: 'GetBucketInfo', method: 'GET', query: { bucketInfo: '' } },
    call,
  )
  const bucket = child(rootOf(answer, 'BucketInfo'), 'Bucket')
  if (bucket === undefined) throw badAnswer(answer, 'Bucket is missing')
  const access = child(bucket, 'AccessControlList')
  return {
    ...readBucket(answer, bucket),
    acl: access && text(access, 'Grant'),
    versioning: text(bucket, 'Versioning'),
    transferAcceleration: text(bucket, 'TransferAcceleration'),
  }
}
