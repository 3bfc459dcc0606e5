// One page of a bucket's versions. Keys are in the order of their UTF-8 bytes. The versions of a key are newest
// first.

import { compareUtf8 } from '../http/encoding.ts'
import type { BucketObjects } from './bucket-objects.ts'
import { groupOf } from './list-objects.ts'
import type { ObjectRecord } from './records.ts'
import type { VersionListPage, VersionListQuery } from './store.ts'
import { versionIdOf } from './version-ids.ts'

type Entry = VersionListPage['entries'][number]

export function listVersions(objects: BucketObjects, query: VersionListQuery): VersionListPage {
  const { prefix, delimiter, limit } = query
  const entries: Entry[] = []
  let key = firstKey(objects, query)
  while (key?.startsWith(prefix)) {
    const group = groupOf(key, prefix, delimiter)
    const found: Entry[] =
      group === undefined ? versionsAfter(objects.versions(key), key, query) : [{ prefix: group }]
    for (const entry of found) {
      if (entries.length === limit) return { entries, isTruncated: true }
      entries.push(entry)
    }
    key = group === undefined ? objects.keyAfter(key) : objects.keyPast(group)
  }
  return { entries, isTruncated: false }
}

function firstKey(
  objects: BucketObjects,
  { prefix, delimiter, afterKey, afterVersion }: VersionListQuery,
): string | undefined {
  if (compareUtf8(afterKey, prefix) < 0) return objects.keyFrom(prefix)
  if (afterVersion !== '') return objects.keyFrom(afterKey)
  // If a page ended with a common prefix, the next page continues after all keys that start with it.
  const isGroup = afterKey !== '' && groupOf(afterKey, prefix, delimiter) === afterKey
  if (isGroup) return objects.keyPast(afterKey)
  return afterKey === '' ? objects.keyFrom('') : objects.keyAfter(afterKey)
}

/**
 * Returns the versions after the marker. If the marker's version was deleted since, returns all versions of the key,
 * so that none is left out.
 */
function versionsAfter(
  versions: readonly ObjectRecord[],
  key: string,
  { afterKey, afterVersion }: VersionListQuery,
): Entry[] {
  const all = versions.map((object, at) => ({ object, isLatest: at === 0 }))
  if (key !== afterKey || afterVersion === '') return all
  return all.slice(versions.findIndex(version => versionIdOf(version) === afterVersion) + 1)
}
