import { text } from '../xml/parse.ts'
import { rootOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'

/** Whether a bucket keeps versions of its objects. */
export interface BucketVersioning {
  /** The state of versioning: `Enabled` or `Suspended`; `undefined` if it was never enabled. */
  readonly status?: string | undefined
}

/** Reads whether the bucket keeps versions. Needs `oss:GetBucketVersioning`. */
export async function getBucketVersioning(
  client: OssClient,
  call?: CallOptions,
): Promise<BucketVersioning> {
  const answer = await client.call(
    { operation: 'GetBucketVersioning', method: 'GET', query: { versioning: '' } },
    call,
  )
  return { status: text(rootOf(answer, 'VersioningConfiguration'), 'Status') || undefined }
}
