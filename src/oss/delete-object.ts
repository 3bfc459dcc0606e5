import type { CallOptions, OssClient } from './client.ts'

/** The object to delete. */
export interface DeleteObjectRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
}

/** Deletes an object. Succeeds also if the object does not exist. */
export async function deleteObject(
  client: OssClient,
  { key }: DeleteObjectRequest,
  call?: CallOptions,
): Promise<void> {
  await client.call({ operation: 'DeleteObject', method: 'DELETE', key }, call)
}
