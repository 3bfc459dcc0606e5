// Those who are here at the moment: thousands come and leave, few are there at once.
//
// Not a Set or a Map. V8 gives one that changes a new table again and again, and an old table refers to
// the next, for iterators that still walk it. Once a single dead table has got old, it keeps alive all
// later ones, with all that was in them, until a full collection: 1.6 KB for each part of an upload.

export class Roster<T> implements Iterable<T> {
  readonly #present: T[] = []

  get size(): number {
    return this.#present.length
  }

  add(one: T): void {
    this.#present.push(one)
  }

  /** @returns false if it was not there */
  delete(one: T): boolean {
    const index = this.#present.indexOf(one)
    if (index < 0) return false
    this.#present.splice(index, 1)
    return true
  }

  /** The first of those, in the order in which they came. */
  find(isWanted: (one: T) => boolean): T | undefined {
    return this.#present.find(isWanted)
  }

  /** Iterates over the present members. Members that come or leave during the iteration do not change it. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.#present].values()
  }
}
