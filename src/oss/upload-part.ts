import type { Body } from '../ports.ts'
import { crc64Of, etagOf, requestIdOf } from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'
import { validatePartNumber, validateUploadId } from './names.ts'

/** The part to send, and its upload. */
export interface UploadPartRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** The id that `initiateMultipartUpload` returned. */
  readonly uploadId: string
  /** The part number, 1 to 10,000. A later part with the same number replaces the earlier one. */
  readonly partNumber: number
  readonly body: Body | Uint8Array
  /** Further headers of the request, names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Facts about a part that OSS has stored. */
export interface UploadedPart {
  /** The ETag, without quotes. */
  readonly etag: string
  /** CRC-64 of the bytes that OSS received, in decimal. */
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
