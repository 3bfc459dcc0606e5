// The port that sends one part to OSS in one request: by UploadPart or, later, by a copy within OSS. Retries,
// back-off, the number of connections and the journal are the same for each sender.

import type { CallOptions } from '../../oss/client.ts'
import type { Part } from '../../plan/plan-parts.ts'

/** One attempt at a part. */
export interface PartRequest {
  readonly uploadId: string
  readonly part: Part
  readonly signal: AbortSignal
  /** True if OSS gives no CRC-64: then the request needs Content-MD5, so that OSS checks the bytes. */
  readonly needMd5: boolean
  readonly call: CallOptions
}

/** A part that OSS accepted. */
export interface TakenPart {
  readonly etag: string
  /** CRC-64 of the sent bytes. */
  readonly crc64: bigint
  /** False if the source may change later without a change of its timestamps. */
  readonly proven: boolean
  /** True if OSS checked Content-MD5, or returned an equal CRC-64. */
  readonly isVerified: boolean
}

export interface PartSender {
  /** OSS's name of the operation, for messages: `UploadPart`. */
  readonly operation: string
  /**
   * Sends the part once, and calls `call.onBytesSent` for its bytes.
   * @throws {IntegrityError} `CHECKSUM_MISMATCH` if OSS received other bytes
   */
  send(request: PartRequest): Promise<TakenPart>
}
