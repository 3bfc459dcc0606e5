// The store of a batch's checkpoints. Most files have no checkpoint, and looking for each one takes as long as
// sending a small file. So the names are listed once.

import type { JournalStore } from '../ports.ts'

export interface ListedJournals extends JournalStore {
  /** False if the store had no journal at the start and none was opened since. */
  hasAny(): boolean
}

/** Wraps a store. The wrapper does not look for journals that were not listed and were not opened since. */
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
