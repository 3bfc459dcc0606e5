// One page of a bucket's objects. With a delimiter, all keys with the same text up to the first delimiter after the
// prefix form one entry. A search skips such a group, however many keys it has.

import type { ObjectRecord } from './records.ts'
import type { SortedKeys } from './sorted-keys.ts'
import type { ObjectListPage, ObjectListQuery } from './store.ts'

export function listObjects(
  objects: SortedKeys<ObjectRecord>,
  { prefix, delimiter, after, limit }: ObjectListQuery,
): ObjectListPage {
  const keys = objects.order()
  const entries: (ObjectRecord | { prefix: string })[] = []
  let at = Math.max(objects.seek(prefix), after === '' ? 0 : objects.seek(after))
  if (keys[at] === after) at++
  // If a page ended with a common prefix, the next page continues after all keys that start with it.
  if (after !== '' && groupOf(after, prefix, delimiter) === after) {
    at = Math.max(at, objects.seekPast(after))
  }
  for (; at < keys.length; ) {
    const key = keys[at]!
    if (!key.startsWith(prefix)) break
    if (entries.length === limit) return { entries, isTruncated: true }
    const group = groupOf(key, prefix, delimiter)
    if (group === undefined) {
      entries.push(objects.get(key)!)
      at++
    } else {
      entries.push({ prefix: group })
      at = objects.seekPast(group)
    }
  }
  return { entries, isTruncated: false }
}

/** Returns the common prefix that a key is listed under, if any. */
export function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}
