// A list of the current members of a group. Thousands join and leave, but only a few are in it at a time.
//
// This is not a Set or a Map. V8 gives a changing Set a new table again and again, and each old table refers to the
// next one. Once a single unused table is in the old generation, it keeps all later tables and their contents in
// memory until a full collection: 1.6 KB for each part of an upload.

export class Roster<T> implements Iterable<T> {
  readonly #present: T[] = []

  get size(): number {
    return this.#present.length
  }

  add(one: T): void {
    this.#present.push(one)
  }

  /** @returns false if it was not a member */
  delete(one: T): boolean {
    const index = this.#present.indexOf(one)
    if (index < 0) return false
    this.#present.splice(index, 1)
    return true
  }

  /** The first member that matches, in the order of joining. */
  find(isWanted: (one: T) => boolean): T | undefined {
    return this.#present.find(isWanted)
  }

  /** Iterates over the present members. Members that come or leave during the iteration do not change it. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.#present].values()
  }
}
