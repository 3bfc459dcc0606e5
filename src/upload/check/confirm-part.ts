// The CRC-64 of a part whose answer had none, as OSS lists it.

import { OssError } from '../../errors.ts'
import { listParts } from '../../oss/list-parts.ts'
import type { Run } from '../run/run.ts'

/**
 * Asks OSS for the CRC-64 of one part.
 * @returns `undefined` where ListParts is refused, does not tell, or lists another part under the number
 */
export async function listedCrc64(
  run: Run,
  { uploadId, partNumber, etag }: { uploadId: string; partNumber: number; etag: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { parts } = await run.requester.run({ operation: 'ListParts', signal }, call =>
      listParts(
        run.client,
        { key: run.key, uploadId, partNumberMarker: partNumber - 1, maxParts: 1 },
        call,
      ),
    )
    const [part] = parts
    return part?.partNumber === partNumber && part.etag === etag ? part.crc64 : undefined
  } catch (error) {
    if (error instanceof OssError && error.status === 403) return undefined
    throw error
  }
}
