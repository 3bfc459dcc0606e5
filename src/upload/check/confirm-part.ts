// Gets the CRC-64 of a part from a listing, if the answer had none.

import { listParts } from '../../oss/list-parts.ts'
import { isForbidden } from '../../oss/refusal.ts'
import type { Run } from '../run/run.ts'

/**
 * Asks OSS for the CRC-64 of one part.
 * @returns `undefined` if ListParts is refused, has no CRC-64, or lists another part with that number
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
    if (isForbidden(error)) return undefined
    throw error
  }
}
