// Deletes objects as the bucket's versioning requires. Without versioning, the object is removed. With versioning, a
// deletion without a version id adds a delete marker: a new one where versioning is enabled, or the version `null`
// where it is suspended. A deletion with a version id removes that version permanently.

import type { Bucket, Change } from './catalog.ts'
import type { ObjectRecord } from './records.ts'
import type { Deleted, Deletion } from './store.ts'
import { nullVersion } from './version-ids.ts'

export function deletionChanges(
  bucket: Bucket,
  deletions: readonly Deletion[],
  options: {
    readonly at: number
    readonly markAbsent: boolean
    readonly newVersionId: () => string
  },
): { readonly changes: readonly Change[]; readonly deleted: readonly Deleted[] } {
  const name = bucket.record.name
  const { versioning } = bucket.record
  const changes: Change[] = []
  const deleted = deletions.map((deletion): Deleted => {
    const { key, versionId } = deletion
    if (versionId !== undefined || versioning === undefined) {
      const id = versionId ?? nullVersion
      const version = bucket.objects.find(key, id)
      if (version) changes.push({ do: 'drop-version', in: name, key, id })
      return version?.isDeleteMarker ? { ...deletion, marker: version } : deletion
    }
    if (!options.markAbsent && !bucket.objects.latest(key)) return deletion
    const id = versioning === 'Enabled' ? options.newVersionId() : nullVersion
    const marker = deleteMarker(key, id, options.at)
    changes.push({ do: 'object', in: name, object: marker })
    return { ...deletion, marker }
  })
  return { changes, deleted }
}

function deleteMarker(key: string, versionId: string, at: number): ObjectRecord {
  return {
    key,
    versionId,
    isDeleteMarker: true,
    size: 0,
    etag: '',
    crc64: '0',
    type: 'Normal',
    modifiedAt: at,
    attributes: { headers: {}, storageClass: 'Standard', encryption: {}, tags: {} },
    acl: 'default',
    segments: [],
  }
}
