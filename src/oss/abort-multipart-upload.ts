import type { CallOptions, OssClient } from './client.ts'
import { validateUploadId } from './names.ts'

/**
 * Gives up an upload and deletes its parts. Parts in flight may survive it: they are gone for certain
 * once a further call rejects with `NoSuchUpload`.
 */
export async function abortMultipartUpload(
  client: OssClient,
  { key, uploadId }: { key: string; uploadId: string },
  call?: CallOptions,
): Promise<void> {
  await client.call(
    {
      operation: 'AbortMultipartUpload',
      method: 'DELETE',
      key,
      query: { uploadId: validateUploadId(uploadId) },
      uploadId,
    },
    call,
  )
}
