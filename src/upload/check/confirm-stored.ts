// Gets the CRC-64 of an object if the answer had none: a proxy may remove the header, or CORS rules hide it.

import { isForbidden } from '../../oss/refusal.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import type { Run } from '../run/run.ts'
import { headOf } from './look-at-object.ts'

/** Adds OSS's CRC-64 of the object to the answer, by a HEAD request, if the answer has none. */
export async function withCrc64(run: Run, stored: StoredObject): Promise<StoredObject> {
  if (stored.crc64 !== undefined) return stored
  const head = await headOf(run).catch((error: unknown) => {
    if (isForbidden(error)) return undefined
    throw error
  })
  // Another writer may have replaced the object since.
  const isSame =
    head?.etag === stored.etag && (stored.versionId ?? head.versionId) === head.versionId
  return isSame ? { ...stored, crc64: head.crc64 } : stored
}
