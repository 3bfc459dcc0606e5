// Looks a part up in a listing, if the answer to it had no CRC-64.

import { type ListedPart, listParts } from '../../oss/list-parts.ts'
import { isForbidden } from '../../oss/refusal.ts'
import type { Run } from '../run/run.ts'

/**
 * Asks OSS for one part of an upload.
 * @returns `undefined` if ListParts is refused or lists no part with that number
 */
export async function listedPart(
  run: Run,
  { uploadId, partNumber }: { uploadId: string; partNumber: number },
  signal: AbortSignal,
): Promise<ListedPart | undefined> {
  try {
    const { parts } = await run.requester.run({ operation: 'ListParts', signal }, call =>
      listParts(
        run.client,
        { key: run.key, uploadId, partNumberMarker: partNumber - 1, maxParts: 1 },
        call,
      ),
    )
    return parts.find(part => part.partNumber === partNumber)
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}
