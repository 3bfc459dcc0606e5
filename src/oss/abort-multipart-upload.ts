import type { CallOptions, OssClient } from './client.ts'
import { validateUploadId } from './names.ts'

/** Which upload is given up. */
export interface AbortMultipartUploadRequest {
  /** Of the object: 1 to 1,023 bytes of UTF-8, not beginning with `/` or `\`. Nothing is normalised. */
  readonly key: string
  /** What `initiateMultipartUpload` answered. */
  readonly uploadId: string
}

/**
 * Gives up an upload and deletes its parts. Parts in flight may survive it: they are gone for certain
 * once a further call rejects with `NoSuchUpload`.
 */
export async function abortMultipartUpload(
  client: OssClient,
  { key, uploadId }: AbortMultipartUploadRequest,
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
