import { partCountMax } from '../limits.ts'
import { children, text, type XmlElement } from '../xml/parse.ts'
import {
  type Answer,
  badAnswer,
  readBoolean,
  readCrc64,
  readInteger,
  readTime,
  requiredText,
  rootOf,
  stripQuotes,
} from './answer.ts'
import type { CallOptions, OssClient } from './client.ts'
import { validateUploadId } from './names.ts'

/** A part that OSS has. */
export interface ListedPart {
  readonly partNumber: number
  /** Size of the part in bytes. */
  readonly size: number
  /** The ETag, without quotes. */
  readonly etag: string
  /** CRC-64 as a decimal number. */
  readonly crc64?: string | undefined
  /** Time of the last change, in epoch milliseconds. */
  readonly lastModified: number
}

/** One page of parts. */
export interface PartsPage {
  /** The parts, in ascending order of their numbers. */
  readonly parts: readonly ListedPart[]
  readonly isTruncated: boolean
  /** The start of the next page; always after this page. */
  readonly nextPartNumberMarker: number
}

/** The parts to list. */
export interface ListPartsRequest {
  /** Key of the object: 1 to 1,023 bytes of UTF-8, not starting with `/` or `\`. It is not normalised. */
  readonly key: string
  /** The id that `initiateMultipartUpload` returned. */
  readonly uploadId: string
  /** Lists parts after this number. @default 0 */
  readonly partNumberMarker?: number
  /** Maximum number of entries per page, 1 to 1,000. @default 1_000 */
  readonly maxParts?: number
}

/** Lists one page of the parts that OSS has, after `partNumberMarker`. */
export async function listParts(
  client: OssClient,
  request: ListPartsRequest,
  call?: CallOptions,
): Promise<PartsPage> {
  const { key, uploadId, partNumberMarker = 0, maxParts } = request
  const answer = await client.call(
    {
      operation: 'ListParts',
      method: 'GET',
      key,
      query: {
        uploadId: validateUploadId(uploadId),
        'encoding-type': 'url',
        ...(partNumberMarker > 0 && { 'part-number-marker': String(partNumberMarker) }),
        ...(maxParts !== undefined && { 'max-parts': String(maxParts) }),
      },
      uploadId,
    },
    call,
  )
  const root = rootOf(answer, 'ListPartsResult')
  const parts = children(root, 'Part').map(element => readPart(answer, element))
  let last = partNumberMarker
  for (const { partNumber } of parts) {
    if (partNumber <= last) throw badAnswer(answer, `part ${partNumber} follows part ${last}`)
    last = partNumber
  }
  const isTruncated = readBoolean(answer, 'IsTruncated', text(root, 'IsTruncated'))
  if (!isTruncated) return { parts, isTruncated, nextPartNumberMarker: last }
  const next = readInteger(
    answer,
    'NextPartNumberMarker',
    requiredText(answer, root, 'NextPartNumberMarker'),
  )
  // The marker is the last number of the page (oss-facts). With another number, the listing might never end.
  if (parts.length === 0 || next !== last || next >= partCountMax) {
    throw badAnswer(answer, `a page of ${parts.length} parts is followed by one after part ${next}`)
  }
  return { parts, isTruncated, nextPartNumberMarker: next }
}

function readPart(answer: Answer, element: XmlElement): ListedPart {
  const partNumber = readInteger(answer, 'PartNumber', text(element, 'PartNumber'))
  if (partNumber > partCountMax) throw badAnswer(answer, `there is a part ${partNumber}`)
  return {
    partNumber,
    size: readInteger(answer, 'Size', text(element, 'Size')),
    etag: stripQuotes(requiredText(answer, element, 'ETag')),
    crc64: readCrc64(answer, text(element, 'HashCrc64ecma')),
    lastModified: readTime(answer, 'LastModified', text(element, 'LastModified')),
  }
}
