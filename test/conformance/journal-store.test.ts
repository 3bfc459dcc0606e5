import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { MemoryJournalStore } from '../../src/journal/memory-journal-store.ts'
import { fileJournalStore } from '../../src/runtimes/node/journal/file-journal-store.ts'
import { journalStoreChecks } from '../../src/testing/journal-store-checks.ts'

describe('memory journal store', () => {
  for (const { name, run } of journalStoreChecks) {
    test(name, async () => {
      const store = new MemoryJournalStore()
      await run({ store: () => store })
    })
  }
})

describe('file journal store', () => {
  for (const { name, run } of journalStoreChecks) {
    test(name, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'ossup-journal-'))
      try {
        await run({ store: () => fileJournalStore(join(directory, 'made', 'on use')) })
      } finally {
        await rm(directory, { recursive: true })
      }
    })
  }
})
