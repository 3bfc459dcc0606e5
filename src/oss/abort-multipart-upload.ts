import type { CallOptions, OssClient } from './client.ts'
import { validateUploadId } from './names.ts'

/** The upload to abort. */
export interface AbortMultipartUploadRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** The id that `initiateMultipartUpload` returned. */
  readonly uploadId: string
}

/**
 * Aborts an upload and deletes its parts. A part that is being sent may stay: no part is left for certain once
 * another call rejects with `NoSuchUpload`.
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
