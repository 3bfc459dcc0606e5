import { escapeXml } from '../xml/escape.ts'
import type { CallOptions, OssClient } from './client.ts'
import { validatePartNumber, validateUploadId } from './names.ts'
import { asksForCallback, type StoredObject, storedObject } from './stored-object.ts'

/** Which upload becomes an object, and of which parts. */
export interface CompleteMultipartUploadRequest {
  /** Of the object: 1 to 1,023 bytes of UTF-8, not beginning with `/` or `\`. Nothing is normalised. */
  readonly key: string
  /** What `initiateMultipartUpload` answered. */
  readonly uploadId: string
  /** In ascending order; OSS drops the parts that are not listed. */
  readonly parts: readonly { readonly partNumber: number; readonly etag: string }[]
  /** ACL, callback and forbid-overwrite. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Puts the object together. Afterwards the upload id is dead: never repeat it blindly. */
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
