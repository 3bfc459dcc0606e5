// A map that lists its keys in the order of their UTF-8 bytes. Keys are sorted when the order is next needed, so
// loading a hundred thousand keys sorts once.

import { compareUtf8 } from '../http/encoding.ts'

export class SortedKeys<Value> {
  readonly #values = new Map<string, Value>()
  /** Sorted up to the last `#order` call; may still hold deleted keys. */
  #sorted: string[] = []
  /** Keys that were set since then and are not in `#sorted`. */
  readonly #fresh = new Set<string>()
  /** Keys in `#sorted` that were deleted since then. */
  readonly #gone = new Set<string>()

  get size(): number {
    return this.#values.size
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Value): void {
    if (!this.#values.has(key) && !this.#gone.delete(key)) this.#fresh.add(key)
    this.#values.set(key, value)
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return
    if (!this.#fresh.delete(key)) this.#gone.add(key)
  }

  /** Returns the smaller of two keys. */
  static first(a: string | undefined, b: string | undefined): string | undefined {
    if (a === undefined || b === undefined) return a ?? b
    return compareUtf8(a, b) <= 0 ? a : b
  }

  /** All values, unordered. */
  values(): IterableIterator<Value> {
    return this.#values.values()
  }

  /** Returns the sorted keys. Do not change the array. It is not valid after the next change. */
  order(): readonly string[] {
    if (this.#gone.size > 0) {
      this.#sorted = this.#sorted.filter(key => !this.#gone.has(key))
      this.#gone.clear()
    }
    if (this.#fresh.size > 0) {
      const fresh = [...this.#fresh].sort(compareUtf8)
      this.#fresh.clear()
      this.#sorted = merge(this.#sorted, fresh)
    }
    return this.#sorted
  }

  /** Returns the position of the first key at or after `key`. */
  seek(key: string): number {
    const keys = this.order()
    return firstIndex(keys, candidate => compareUtf8(candidate, key) >= 0)
  }

  /** Returns the position of the first key after all keys that start with `prefix`. */
  seekPast(prefix: string): number {
    const keys = this.order()
    return firstIndex(
      keys,
      candidate => !candidate.startsWith(prefix) && compareUtf8(candidate, prefix) > 0,
    )
  }
}

function merge(sorted: string[], fresh: readonly string[]): string[] {
  const last = sorted.at(-1)
  if (last === undefined || compareUtf8(last, fresh[0]!) < 0) {
    for (const key of fresh) sorted.push(key)
    return sorted
  }
  const merged: string[] = []
  let next = 0
  for (const key of sorted) {
    while (next < fresh.length && compareUtf8(fresh[next]!, key) < 0) merged.push(fresh[next++]!)
    merged.push(key)
  }
  while (next < fresh.length) merged.push(fresh[next++]!)
  return merged
}

/** Finds by binary search the first position from which on `isIn` is true. */
function firstIndex(keys: readonly string[], isIn: (key: string) => boolean): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isIn(keys[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}
