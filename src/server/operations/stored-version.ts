import type { Context } from '../request/context.ts'
import { bucketOf } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import { versionIdOf } from '../store/version-ids.ts'
import { versionHeader } from './find-object.ts'

/** `x-oss-version-id` in the answer to a write. Whether suspended versioning shows one is unconfirmed. */
export function storedVersionHeader(
  context: Context,
  object: ObjectRecord,
): Record<string, string> {
  const record = bucketOf(context)
  const isNull = versionIdOf(object) === 'null' && record.versioning === 'Suspended'
  if (isNull && context.rules.unconfirmed.suspendedVersionHeader === 'absent') return {}
  return versionHeader(record, object)
}
