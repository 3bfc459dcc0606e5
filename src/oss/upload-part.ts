import type { Body } from '../ports.ts'
import { crc64Of, etagOf, requestIdOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'
import { validatePartNumber, validateUploadId } from './names.ts'

/** Which part of which upload is sent. */
export interface UploadPartRequest {
  /** Of the object: 1 to 1,023 bytes of UTF-8, not beginning with `/` or `\`. Nothing is normalised. */
  readonly key: string
  /** What `initiateMultipartUpload` answered. */
  readonly uploadId: string
  /** 1 to 10,000. A number sent again replaces the part. */
  readonly partNumber: number
  readonly body: Body | Uint8Array
  /** Further headers of the request, names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What OSS says of a part that it has just stored. */
export interface UploadedPart {
  /** Without quotes. */
  readonly etag: string
  /** Of the part as OSS received it, in decimal. */
  readonly crc64?: string | undefined
  readonly requestId: string
}

/** Sends one part. */
export async function uploadPart(
  client: OssClient,
  { key, uploadId, partNumber, body, headers }: UploadPartRequest,
  call?: CallOptions,
): Promise<UploadedPart> {
  const answer = await client.call(
    {
      operation: 'UploadPart',
      method: 'PUT',
      key,
      query: {
        partNumber: String(validatePartNumber(partNumber)),
        uploadId: validateUploadId(uploadId),
      },
      headers,
      body,
      partNumber,
      uploadId,
    },
    call,
  )
  return {
    etag: etagOf(answer),
    crc64: crc64Of(answer),
    requestId: requestIdOf(answer),
  }
}
