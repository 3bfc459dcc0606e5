// The store of a batch's checkpoints. Most files have none, and to find that out for each by itself
// takes as long as to send a small one: the names are listed once instead.

import type { JournalStore } from '../ports.ts'

export interface ListedJournals extends JournalStore {
  /** False: none was there, and none was opened since. */
  hasAny(): boolean
}

/** The same store, which does not look for what was not there and was not opened since. */
export async function withListedJournals(store: JournalStore): Promise<ListedJournals> {
  const names = new Set(await store.list())
  return {
    location: store.location,
    async open(name) {
      names.add(name)
      return store.open(name)
    },
    hasAny: () => names.size > 0,
    list: () => store.list(),
    read: async name => (names.has(name) ? store.read(name) : undefined),
  }
}
