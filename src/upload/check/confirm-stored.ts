// The CRC-64 of an object whose answer had none: a proxy, or a page's CORS rules, may take the header away.

import { OssError } from '../../errors.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import type { Run } from '../run/run.ts'
import { headOf } from './look-at-object.ts'

/** The answer with OSS's own CRC-64 of the object, asked for by HEAD where the answer itself lacks it. */
export async function withCrc64(run: Run, stored: StoredObject): Promise<StoredObject> {
  if (stored.crc64 !== undefined) return stored
  const head = await headOf(run).catch((error: unknown) => {
    if (error instanceof OssError && error.status === 403) return undefined
    throw error
  })
  // Another writer may have replaced it meanwhile.
  const isSame =
    head?.etag === stored.etag && (stored.versionId ?? head.versionId) === head.versionId
  return isSame ? { ...stored, crc64: head.crc64 } : stored
}
