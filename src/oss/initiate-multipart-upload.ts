import { answeredAt, requestIdOf, requiredText, rootOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'

/** An upload that has begun. */
export interface InitiatedUpload {
  readonly uploadId: string
  /** OSS's own time of the answer, epoch milliseconds. */
  readonly answeredAt?: number | undefined
  readonly requestId: string
}

/** Of which object an upload begins. */
export interface InitiateMultipartUploadRequest {
  /** Of the object: 1 to 1,023 bytes of UTF-8, not beginning with `/` or `\`. Nothing is normalised. */
  readonly key: string
  /** Of the object: `content-type`, `x-oss-meta-*`, `x-oss-storage-class`; names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Begins an upload in parts. Every call that OSS sees begins another one: never repeat it blindly. */
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
      // The answer quotes the key, which XML cannot hold as it is.
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
