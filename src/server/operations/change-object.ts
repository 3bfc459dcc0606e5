import { bucketOf, type Context } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import { accept } from './accept.ts'
import { findObject, placeOf, versionHeader } from './find-object.ts'

/**
 * Changes the record of an object, or of the version that the request names, but not its bytes.
 * @returns the headers of the answer
 * @throws {OssFault} NoSuchKey, NoSuchVersion, NoSuchBucket, MethodNotAllowed
 */
export async function changeObject(
  context: Context,
  change: (object: ObjectRecord) => ObjectRecord,
): Promise<Record<string, string>> {
  const { store, bucket } = context
  const place = placeOf(context)
  await findObject(context, place)
  const changed = accept(await store.changeObject(bucket, place, change), context)
  return versionHeader(bucketOf(context), changed)
}
