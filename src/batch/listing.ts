// Which objects are there already, asked page by page alongside files in the order of their keys: a
// page for up to a thousand files, and never more pages than files, however many objects there are.

import { compareKeys } from '../oss/key-order.ts'
import type { ListedObject } from '../oss/list-objects.ts'

export interface Page {
  readonly objects: readonly ListedObject[]
  readonly isTruncated: boolean
}

/** Gets the objects that come after a key; from the first on without one. */
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

  /** The object of that key, if there is one. No key may come before one that was asked for earlier. */
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

  /** Gets the page that holds the key, leaving out what no file is asked for. */
  async #turn(key: string): Promise<void> {
    const shortly = justBefore(key)
    const until = this.#until
    const after = until !== undefined && compareKeys(until, shortly) > 0 ? until : shortly
    const { objects, isTruncated } = await this.#pageAfter(after === '' ? undefined : after)
    this.#objects = objects
    this.#index = 0
    // A page without objects that claims to have more would be asked for without an end.
    this.#isAtEnd = !isTruncated || objects.length === 0
    this.#until = objects.at(-1)?.key
  }
}

/**
 * A string that comes shortly before this key: listings start after a key, not with it.
 */
function justBefore(key: string): string {
  const last = [...key.slice(-2)].at(-1) ?? ''
  const point = last.codePointAt(0) ?? 0
  const stem = key.slice(0, key.length - last.length)
  if (point === 0) return stem
  // Before the first character behind the surrogates comes the last one in front of them.
  return `${stem}${String.fromCodePoint(point === 0xe000 ? 0xd7ff : point - 1)}~`
}
