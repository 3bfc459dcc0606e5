// How one part gets to OSS in one request. UploadPart is one way; a copy within OSS can be another. Retries,
// back-off, the number of connections and the journal are the same for all of them.

import type { CallOptions } from '../../oss/client.ts'
import type { Part } from '../../plan/plan-parts.ts'

/** One attempt at a part. */
export interface PartRequest {
  readonly uploadId: string
  readonly part: Part
  readonly signal: AbortSignal
  /** OSS gives no CRC-64: it has to check the bytes itself, by Content-MD5. */
  readonly needMd5: boolean
  readonly call: CallOptions
}

/** A part that OSS took, and what its answer says of the bytes. */
export interface TakenPart {
  readonly etag: string
  /** Of the bytes as they were sent. */
  readonly crc64: bigint
  /** False if the source can change later without a trace of it. */
  readonly proven: boolean
  /** OSS compared Content-MD5, or gave an equal CRC-64. */
  readonly isVerified: boolean
}

export interface PartSender {
  /** As OSS names it, for messages: `UploadPart`. */
  readonly operation: string
  /**
   * Sends the part once. `call.onBytesSent` hears of the bytes.
   * @throws {IntegrityError} `CHECKSUM_MISMATCH` if OSS received other bytes
   */
  send(request: PartRequest): Promise<TakenPart>
}
