// Finds the version of an object that a request means, and refuses if it cannot be read.

import { invalidArgument, noSuchKey, OssFault } from '../http/errors.ts'
import type { Context } from '../request/context.ts'
import type { BucketRecord, ObjectRecord } from '../store/records.ts'
import type { Deletion } from '../store/store.ts'
import { isVersionId, versionIdOf } from '../store/version-ids.ts'

/** Returns the request's key and the version that `versionId` names. */
export function placeOf({ query, key }: Context): Deletion {
  const versionId = query.get('versionId')
  return versionId === undefined ? { key } : { key, versionId: checkVersionId(versionId) }
}

/**
 * Checks the form of a version id.
 * @throws {OssFault} InvalidArgument for a string that cannot be a version id
 */
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
 * Finds the record of an object, or of one of its versions.
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

/** Returns the header with the version id. Only buckets that have or had versioning send it. */
export function versionHeader(
  { versioning }: BucketRecord,
  object: ObjectRecord,
  name: 'x-oss-version-id' | 'x-oss-copy-source-version-id' = 'x-oss-version-id',
): Record<string, string> {
  const isVersioned = versioning !== undefined || object.versionId !== undefined
  return isVersioned ? { [name]: versionIdOf(object) } : {}
}
