// Sends parts by UploadPart: bytes of a source, or of memory.

import { IntegrityError } from '../../errors.ts'
import { uploadPart } from '../../oss/upload-part.ts'
import type { BodyHooks, HashedBody } from '../../source/part-body.ts'
import type { Run } from '../run/run.ts'
import type { PartSender } from './part-sender.ts'

/** Reads the bytes of one part, again for each attempt. */
export interface PartContent {
  open(hooks: BodyHooks): HashedBody
  /** False if the bytes may change later without a change of the timestamps. */
  isProven(): boolean
  /** The value of the Content-MD5 header. */
  md5(signal: AbortSignal): Promise<string>
}

/** Makes the sender of one part. */
export function uploadPartSender(run: Run, content: PartContent): PartSender {
  return {
    operation: 'UploadPart',
    async send({ uploadId, part: { partNumber }, signal, needMd5, call }) {
      const proven = content.isProven()
      const md5 = needMd5 ? await content.md5(signal) : undefined
      const body = content.open(bandwidthHook(run, signal))
      const headers = md5 === undefined ? {} : { headers: { 'content-md5': md5 } }
      const request = { key: run.key, uploadId, partNumber, body, ...headers }
      const { etag, crc64 } = await uploadPart(run.client, request, call)
      if (!body.isWhole || (crc64 !== undefined && crc64 !== String(body.crc64))) {
        throw otherBytes(run, partNumber, 'UploadPart')
      }
      const isVerified = crc64 !== undefined || md5 !== undefined
      return { etag, crc64: body.crc64, proven, isVerified }
    },
  }
}

/** The error for a part that has other bytes than were sent. */
export function otherBytes({ key }: Run, partNumber: number, operation: string): IntegrityError {
  return new IntegrityError('CHECKSUM_MISMATCH', 'OSS received other bytes than were sent', {
    operation,
    key,
    partNumber,
    hint: 'The part is sent again; if it persists, suspect memory, disk or a proxy',
  })
}

/** The limit of bytes per second, if there is one, as a hook of request bodies. */
export function bandwidthHook(run: Run, signal: AbortSignal = run.signal): BodyHooks {
  const { bandwidth } = run
  return bandwidth === undefined ? {} : { admit: wanted => bandwidth.admit(wanted, signal) }
}
