// Which version of an object a request means, and the answer when it cannot be read.

import { invalidArgument, noSuchKey, OssFault } from '../http/errors.ts'
import type { Context } from '../request/context.ts'
import type { BucketRecord, ObjectRecord } from '../store/records.ts'
import type { Deletion } from '../store/store.ts'
import { isVersionId, versionIdOf } from '../store/version-ids.ts'

/** The request's key, with the version that `versionId` names. */
export function placeOf({ query, key }: Context): Deletion {
  const versionId = query.get('versionId')
  return versionId === undefined ? { key } : { key, versionId: checkVersionId(versionId) }
}

/** @throws {OssFault} InvalidArgument for what no version id looks like */
export function checkVersionId(versionId: string): string {
  if (versionId === '') {
    throw invalidArgument('versionId', '', 'The version id is empty.', '0012-00000201')
  }
  if (!isVersionId(versionId)) {
    throw invalidArgument('versionId', versionId, 'This is not a version id.', '0012-00000202')
  }
  return versionId
}

/**
 * The record of an object, or of one of its versions.
 * @throws {OssFault} NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker
 */
export async function findObject(
  context: Context,
  place: Deletion = placeOf(context),
): Promise<ObjectRecord> {
  const { store, bucket } = context
  const { key, versionId } = place
  const found =
    versionId === undefined
      ? await store.latest(bucket, key)
      : await store.object(bucket, key, versionId)
  if (found && !found.isDeleteMarker) return found
  if (found) throw deleteMarkerFault(context, found, versionId)
  if (versionId === undefined) throw noSuchKey(key)
  throw new OssFault('NoSuchVersion', { extra: { Key: key, VersionId: versionId } })
}

function deleteMarkerFault(
  { request }: Context,
  marker: ObjectRecord,
  versionId: string | undefined,
): OssFault {
  const headers = deleteMarkerHeaders(marker)
  if (versionId === undefined) {
    return new OssFault('NoSuchKey', { extra: { Key: marker.key }, headers })
  }
  return new OssFault('MethodNotAllowed', {
    extra: { Method: request.method, ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE' },
  })
}

export function deleteMarkerHeaders(marker: ObjectRecord): Record<string, string> {
  return { 'x-oss-delete-marker': 'true', 'x-oss-version-id': versionIdOf(marker) }
}

/** The version id in an answer: only buckets that ever had versioning tell it. */
export function versionHeader(
  { versioning }: BucketRecord,
  object: ObjectRecord,
  name: 'x-oss-version-id' | 'x-oss-copy-source-version-id' = 'x-oss-version-id',
): Record<string, string> {
  const isVersioned = versioning !== undefined || object.versionId !== undefined
  return isVersioned ? { [name]: versionIdOf(object) } : {}
}
