import { expect, test } from 'vitest'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (read: Uint8Array | undefined) => new TextDecoder().decode(read)

test('a kill keeps what was appended and frees the journal', async () => {
  const store = new MemoryJournalStore()
  const before = await store.open('a')
  await before.append(bytes('one'))
  store.crash()
  const after = await store.open('a')
  expect(text(after.contents)).toBe('one')
  await expect(before.append(bytes('ghost'))).rejects.toMatchObject({ code: 'LOCK_LOST' })
  await before.close()
  await expect(store.open('a')).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
})

test('a power cut keeps what was synced and as much of the rest as it likes', async () => {
  const store = new MemoryJournalStore()
  const journal = await store.open('a')
  await journal.append(bytes('safe'))
  await journal.sync()
  await journal.append(bytes('12345'))
  store.crash((name, unsynced) => {
    expect([name, unsynced]).toEqual(['a', 5])
    return 2
  })
  expect(text(await store.read('a'))).toBe('safe12')
})

test('a replace survives a power cut without a sync', async () => {
  const store = new MemoryJournalStore()
  const journal = await store.open('a')
  await journal.append(bytes('old'))
  await journal.replace(bytes('new'))
  store.crash(() => 0)
  expect(text(await store.read('a'))).toBe('new')
})

test('a journal whose bytes are all lost is not there', async () => {
  const store = new MemoryJournalStore()
  await (await store.open('a')).append(bytes('x'))
  store.crash(() => 0)
  expect(await store.list()).toEqual([])
})
