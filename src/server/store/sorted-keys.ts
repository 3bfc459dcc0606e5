// A map whose keys can be walked in order of their UTF-8 bytes. The order is brought up to date when it is
// next needed, so that loading a hundred thousand keys sorts once.

import { compareUtf8 } from '../http/encoding.ts'

export class SortedKeys<Value> {
  readonly #values = new Map<string, Value>()
  /** Sorted up to the last `#order` call; may still hold deleted keys. */
  #sorted: string[] = []
  /** Keys set since, not in `#sorted`. */
  readonly #fresh = new Set<string>()
  /** Keys in `#sorted` that were deleted since. */
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

  /** The one of two keys that comes first. */
  static first(a: string | undefined, b: string | undefined): string | undefined {
    if (a === undefined || b === undefined) return a ?? b
    return compareUtf8(a, b) <= 0 ? a : b
  }

  /** All values, in no order. */
  values(): IterableIterator<Value> {
    return this.#values.values()
  }

  /** The sorted keys. Not to be changed, and not valid after the next change. */
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

  /** The position of the first key at or after `key`. */
  seek(key: string): number {
    const keys = this.order()
    return firstIndex(keys, candidate => compareUtf8(candidate, key) >= 0)
  }

  /** The position of the first key after all those that begin with `prefix`. */
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

/** Binary search: the first position from which on `isIn` holds. */
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
