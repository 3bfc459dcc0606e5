import type { CallOptions, OssClient } from './client.ts'

/** Which object is deleted. */
export interface DeleteObjectRequest {
  /** Of the object: 1 to 1,023 bytes of UTF-8, not beginning with `/` or `\`. Nothing is normalised. */
  readonly key: string
}

/** Deletes an object; one that does not exist is deleted already. */
export async function deleteObject(
  client: OssClient,
  { key }: DeleteObjectRequest,
  call?: CallOptions,
): Promise<void> {
  await client.call({ operation: 'DeleteObject', method: 'DELETE', key }, call)
}
