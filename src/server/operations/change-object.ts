import { noSuchKey } from '../http/errors.ts'
import type { Context } from '../request/context.ts'
import type { ObjectRecord } from '../store/records.ts'
import { refuse } from './put-object.ts'

/**
 * Changes what is said of an object, not its bytes. If somebody replaces the object meanwhile, the change is
 * made to the new one.
 * @throws {OssFault} NoSuchKey, NoSuchBucket
 */
export async function changeObject(
  context: Context,
  change: (object: ObjectRecord) => ObjectRecord,
): Promise<void> {
  const { store, bucket, key } = context
  for (;;) {
    const object = await store.object(bucket, key)
    if (!object) throw noSuchKey(key)
    const refusal = await store.putObject(bucket, change(object), {
      ifAbsent: false,
      ifStill: object,
    })
    if (refusal === 'changed') continue
    refuse(refusal, context)
    return
  }
}
