import { answeredAt, requestIdOf, requiredText, rootOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'

/** A started upload. */
export interface InitiatedUpload {
  readonly uploadId: string
  /** OSS's own time of the answer, epoch milliseconds. */
  readonly answeredAt?: number | undefined
  readonly requestId: string
}

/** The object of the new upload. */
export interface InitiateMultipartUploadRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** Headers of the object: `content-type`, `x-oss-meta-*`, `x-oss-storage-class`; names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Starts a multipart upload. Each call that OSS receives starts another one: never repeat it without a check. */
export async function initiateMultipartUpload(
  client: OssClient,
  { key, headers }: InitiateMultipartUploadRequest,
  call?: CallOptions,
): Promise<InitiatedUpload> {
  const answer = await client.call(
    {
      operation: 'InitiateMultipartUpload',
      method: 'POST',
      key,
      // The answer contains the key, which may have characters that XML does not allow.
      query: { uploads: '', 'encoding-type': 'url' },
      headers,
      body: new Uint8Array(0),
    },
    call,
  )
  const root = rootOf(answer, 'InitiateMultipartUploadResult')
  return {
    uploadId: requiredText(answer, root, 'UploadId'),
    answeredAt: answeredAt(answer),
    requestId: requestIdOf(answer),
  }
}
