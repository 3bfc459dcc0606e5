// The objects of one bucket with all their versions. The current version of a key, unless it is a delete marker, is
// stored separately: reads and listings without versions use only that map.

import type { ObjectRecord } from './records.ts'
import { SortedKeys } from './sorted-keys.ts'
import { versionIdOf } from './version-ids.ts'

export class BucketObjects {
  /** The object that a read without a version id finds, by key. */
  readonly current = new SortedKeys<ObjectRecord>()
  /** Delete markers and older versions, newest first, by key. */
  readonly #hidden = new SortedKeys<readonly ObjectRecord[]>()

  get isEmpty(): boolean {
    return this.current.size === 0 && this.#hidden.size === 0
  }

  /** Returns the newest version, which may be a delete marker. */
  latest(key: string): ObjectRecord | undefined {
    return this.current.get(key) ?? this.#hidden.get(key)?.[0]
  }

  /** Returns all versions of a key, newest first. */
  versions(key: string): readonly ObjectRecord[] {
    const current = this.current.get(key)
    const hidden = this.#hidden.get(key) ?? []
    return current === undefined ? hidden : [current, ...hidden]
  }

  find(key: string, versionId: string): ObjectRecord | undefined {
    return this.versions(key).find(version => versionIdOf(version) === versionId)
  }

  /** Makes the object the newest version of its key. Returns the version with the same id that it replaces. */
  put(object: ObjectRecord): ObjectRecord | undefined {
    const { key } = object
    const replaced = this.find(key, versionIdOf(object))
    this.#set(key, [object, ...this.versions(key).filter(version => version !== replaced)])
    return replaced
  }

  /** Replaces the version with the same id, at the same place in the order. Returns the replaced version. */
  replace(object: ObjectRecord): ObjectRecord | undefined {
    const { key } = object
    const replaced = this.find(key, versionIdOf(object))
    this.#set(
      key,
      this.versions(key).map(version => (version === replaced ? object : version)),
    )
    return replaced
  }

  /** Removes a version and returns it. The next newest version becomes the current one. */
  drop(key: string, versionId: string): ObjectRecord | undefined {
    const dropped = this.find(key, versionId)
    this.#set(
      key,
      this.versions(key).filter(version => version !== dropped),
    )
    return dropped
  }

  /** Yields every version. Older versions of a key come before newer ones. */
  *oldestFirst(): Generator<ObjectRecord, void> {
    for (const versions of this.#hidden.values()) yield* [...versions].reverse()
    yield* this.current.values()
  }

  /** Returns the first key with versions at or after `key`. */
  keyFrom(key: string): string | undefined {
    return this.#first(keys => keys.order()[keys.seek(key)])
  }

  /** Returns the first key with versions after `key`. */
  keyAfter(key: string): string | undefined {
    return this.keyFrom(`${key}\0`)
  }

  /** Returns the first key with versions after all keys that start with `prefix`. */
  keyPast(prefix: string): string | undefined {
    return this.#first(keys => keys.order()[keys.seekPast(prefix)])
  }

  #first(seek: (keys: SortedKeys<unknown>) => string | undefined): string | undefined {
    return SortedKeys.first(seek(this.current), seek(this.#hidden))
  }

  #set(key: string, versions: readonly ObjectRecord[]): void {
    const [newest, ...older] = versions
    const isVisible = newest !== undefined && newest.isDeleteMarker !== true
    if (isVisible) this.current.set(key, newest)
    else this.current.delete(key)
    const hidden = isVisible ? older : versions
    if (hidden.length > 0) this.#hidden.set(key, hidden)
    else this.#hidden.delete(key)
  }
}
