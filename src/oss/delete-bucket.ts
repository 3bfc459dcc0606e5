import type { CallOptions, OssClient } from './client.ts'

/** Deletes the bucket. It must have no objects and no unfinished uploads. */
export async function deleteBucket(client: OssClient, call?: CallOptions): Promise<void> {
  await client.call({ operation: 'DeleteBucket', method: 'DELETE' }, call)
}
