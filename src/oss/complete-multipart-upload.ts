import { escapeXml } from '../xml/escape.ts'
import type { CallOptions, OssClient } from './client.ts'
import { validatePartNumber, validateUploadId } from './names.ts'
import { asksForCallback, type StoredObject, storedObject } from './stored-object.ts'

/** The upload to complete, and its parts. */
export interface CompleteMultipartUploadRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** The id that `initiateMultipartUpload` returned. */
  readonly uploadId: string
  /** The parts, in ascending order of their numbers. OSS deletes parts that are not in this list. */
  readonly parts: readonly { readonly partNumber: number; readonly etag: string }[]
  /** Headers of the request: ACL, callback and forbid-overwrite. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Makes the object from its parts. Afterwards the upload id is unknown: never repeat this call without a check. */
export async function completeMultipartUpload(
  client: OssClient,
  { key, uploadId, parts, headers }: CompleteMultipartUploadRequest,
  call?: CallOptions,
): Promise<StoredObject> {
  let document = '<CompleteMultipartUpload>'
  for (const { partNumber, etag } of parts) {
    document += `<Part><PartNumber>${validatePartNumber(partNumber)}</PartNumber>`
    document += `<ETag>"${escapeXml(etag)}"</ETag></Part>`
  }
  document += '</CompleteMultipartUpload>'
  const answer = await client.call(
    {
      operation: 'CompleteMultipartUpload',
      method: 'POST',
      key,
      query: { uploadId: validateUploadId(uploadId), 'encoding-type': 'url' },
      headers,
      body: new TextEncoder().encode(document),
      uploadId,
    },
    call,
  )
  return storedObject(answer, asksForCallback(headers), 'CompleteMultipartUploadResult')
}
