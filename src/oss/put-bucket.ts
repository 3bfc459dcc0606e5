import { escapeXml } from '../xml/escape.ts'
import type { CallOptions, OssClient } from './client.ts'

/** Properties of the new bucket. */
export interface PutBucketRequest {
  readonly acl?: 'private' | 'public-read' | 'public-read-write'
  readonly storageClass?: string
}

/** Creates the bucket in the client's region. */
export async function putBucket(
  client: OssClient,
  { acl, storageClass }: PutBucketRequest = {},
  call?: CallOptions,
): Promise<void> {
  const document =
    storageClass === undefined
      ? ''
      : `<CreateBucketConfiguration><StorageClass>${escapeXml(storageClass)}</StorageClass></CreateBucketConfiguration>`
  await client.call(
    {
      operation: 'PutBucket',
      method: 'PUT',
      headers: acl === undefined ? {} : { 'x-oss-acl': acl },
      body: new TextEncoder().encode(document),
    },
    call,
  )
}
