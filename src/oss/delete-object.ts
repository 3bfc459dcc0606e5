import type { CallOptions, OssClient } from './client.ts'

/** Deletes an object; one that does not exist is deleted already. */
export async function deleteObject(
  client: OssClient,
  { key }: { key: string },
  call?: CallOptions,
): Promise<void> {
  await client.call({ operation: 'DeleteObject', method: 'DELETE', key }, call)
}
