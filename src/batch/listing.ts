// Finds existing objects for files in the order of their keys. It reads the listing page by page: one page covers up
// to a thousand files, and it never reads more pages than there are files.

import { compareKeys } from '../oss/key-order.ts'
import type { ListedObject } from '../oss/list-objects.ts'

export interface Page {
  readonly objects: readonly ListedObject[]
  readonly isTruncated: boolean
}

/** Gets the page of objects after a key, or the first page if no key is given. */
export type PageAfter = (startAfter: string | undefined) => Promise<Page>

export class Listing {
  readonly #pageAfter: PageAfter
  #objects: readonly ListedObject[] = []
  #index = 0
  /** The listing is known up to and including this key. */
  #until: string | undefined
  #isAtEnd = false

  constructor(pageAfter: PageAfter) {
    this.#pageAfter = pageAfter
  }

  /** Returns the object with that key, if it exists. A key must not come before a key that was asked for earlier. */
  async find(key: string): Promise<ListedObject | undefined> {
    while (!this.#isAtEnd && (this.#until === undefined || compareKeys(key, this.#until) > 0)) {
      await this.#turn(key)
    }
    for (; this.#index < this.#objects.length; this.#index++) {
      const object = this.#objects[this.#index]!
      const order = compareKeys(object.key, key)
      if (order === 0) return object
      if (order > 0) return undefined
    }
    return undefined
  }

  /** Gets the page that contains the key. Skips objects that come before it. */
  async #turn(key: string): Promise<void> {
    const shortly = justBefore(key)
    const until = this.#until
    const after = until !== undefined && compareKeys(until, shortly) > 0 ? until : shortly
    const { objects, isTruncated } = await this.#pageAfter(after === '' ? undefined : after)
    this.#objects = objects
    this.#index = 0
    // Treats an empty page as the end. A server that claims that more pages follow would otherwise be asked without
    // end.
    this.#isAtEnd = !isTruncated || objects.length === 0
    this.#until = objects.at(-1)?.key
  }
}

/** Returns a string that sorts shortly before this key, because a listing starts after a key, not at it. */
function justBefore(key: string): string {
  const last = [...key.slice(-2)].at(-1) ?? ''
  const point = last.codePointAt(0) ?? 0
  const stem = key.slice(0, key.length - last.length)
  if (point === 0) return stem
  // U+D7FF is the character before U+E000: the code points between them are surrogates.
  return `${stem}${String.fromCodePoint(point === 0xe000 ? 0xd7ff : point - 1)}~`
}
