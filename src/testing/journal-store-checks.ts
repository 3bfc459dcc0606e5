// The rules that every checkpoint store must follow, as named checks rather than a test file, so that any test
// runner can run them, for any store.

import assert from 'node:assert/strict'
import { isOssupError } from '../errors.ts'
import type { JournalStore } from '../ports.ts'

/** A place for journals, empty at first, and functions to access it. */
export interface JournalPlace {
  /** A store on this place. A second call plays another program that uses the same place. */
  store(): JournalStore
}

/** One promise of a checkpoint store. */
export interface JournalStoreCheck {
  readonly name: string
  /** Rejects if the store does not keep this promise. */
  run(place: JournalPlace): Promise<void>
}

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (read: Uint8Array | undefined) =>
  read === undefined ? undefined : new TextDecoder().decode(read)

async function code(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    assert.ok(isOssupError(error), `expected an error of this library, got ${error}`)
    return error.code
  }
  return 'no error'
}

/** All promises of a checkpoint store, as checks to run against your own store. */
export const journalStoreChecks: readonly JournalStoreCheck[] = [
  {
    name: 'opens a missing journal as an empty one',
    async run(place) {
      const journal = await place.store().open('a')
      assert.equal(journal.contents.length, 0)
      await journal.close()
    },
  },
  {
    name: 'returns appended bytes in order',
    async run(place) {
      const journal = await place.store().open('a')
      const lines = Array.from({ length: 100 }, (_, index) => `record ${index}\n`)
      await Promise.all(lines.map(line => journal.append(bytes(line))))
      assert.equal(text(await place.store().read('a')), lines.join(''))
      await journal.close()
      const again = await place.store().open('a')
      assert.equal(text(again.contents), lines.join(''))
      await again.append(bytes('more'))
      assert.equal(text(await place.store().read('a')), `${lines.join('')}more`)
      await again.close()
    },
  },
  {
    name: 'does not change the contents that `open` returned',
    async run(place) {
      const journal = await place.store().open('a')
      await journal.append(bytes('x'))
      assert.equal(journal.contents.length, 0)
      await journal.close()
    },
  },
  {
    name: 'allows syncs at any time, also between appends',
    async run(place) {
      const journal = await place.store().open('a')
      await journal.sync()
      await Promise.all([
        journal.append(bytes('1')),
        journal.sync(),
        journal.append(bytes('2')),
        journal.sync(),
      ])
      assert.equal(text(await place.store().read('a')), '12')
      await journal.close()
    },
  },
  {
    name: 'replaces all contents, and appends after them',
    async run(place) {
      const journal = await place.store().open('a')
      await journal.append(bytes('old and long'))
      await journal.replace(bytes('new'))
      await journal.append(bytes('+'))
      assert.equal(text(await place.store().read('a')), 'new+')
      await journal.close()
    },
  },
  {
    name: 'keeps the order of appends around a replace',
    async run(place) {
      const journal = await place.store().open('a')
      await Promise.all([
        journal.append(bytes('1')),
        journal.replace(bytes('2')),
        journal.append(bytes('3')),
      ])
      assert.equal(text(await place.store().read('a')), '23')
      await journal.close()
    },
  },
  {
    name: 'removes a journal, and can start it again',
    async run(place) {
      const journal = await place.store().open('a')
      await journal.append(bytes('x'))
      await journal.remove()
      assert.equal(await place.store().read('a'), undefined)
      assert.deepEqual(await place.store().list(), [])
      await journal.remove()
      await journal.append(bytes('y'))
      assert.equal(text(await place.store().read('a')), 'y')
      await journal.close()
      assert.deepEqual(await place.store().list(), ['a'])
    },
  },
  {
    name: 'lists exactly the journals with contents',
    async run(place) {
      const store = place.store()
      assert.deepEqual(await store.list(), [])
      const names = ['a', '0.b-c', 'a.lock.1', 'z'.repeat(100)]
      for (const name of names) {
        const journal = await store.open(name)
        await journal.append(bytes(name))
        await journal.close()
      }
      const empty = await store.open('empty')
      assert.deepEqual((await place.store().list()).sort(), [...names].sort())
      assert.equal(await store.read('empty'), undefined)
      await empty.close()
      assert.deepEqual((await place.store().list()).sort(), [...names].sort())
      for (const name of names) assert.equal(text(await store.read(name)), name)
    },
  },
  {
    name: 'refuses invalid names',
    async run(place) {
      for (const name of ['', 'A', 'a/b', '../a', 'a\0', 'a b', 'z'.repeat(101)]) {
        assert.equal(await code(place.store().open(name)), 'INVALID_JOURNAL_NAME', name)
        assert.equal(await code(place.store().read(name)), 'INVALID_JOURNAL_NAME', name)
      }
    },
  },
  {
    name: 'allows one owner at a time, until it closes',
    async run(place) {
      const journal = await place.store().open('a')
      assert.equal(await code(place.store().open('a')), 'UPLOAD_BUSY')
      const other = await place.store().open('b')
      await other.close()
      await journal.append(bytes('x'))
      assert.equal(await code(place.store().open('a')), 'UPLOAD_BUSY')
      await journal.close()
      const next = await place.store().open('a')
      assert.equal(text(next.contents), 'x')
      await next.close()
    },
  },
  {
    name: 'gives a journal to only one of many openers at the same time',
    async run(place) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => place.store().open('a')),
      )
      const journals = outcomes.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
      assert.equal(journals.length, 1)
      for (const one of outcomes) {
        if (one.status === 'rejected') assert.equal(one.reason.code, 'UPLOAD_BUSY')
      }
      await journals[0]?.close()
    },
  },
  {
    name: 'refuses operations on a closed journal, and allows a second close',
    async run(place) {
      const journal = await place.store().open('a')
      await journal.close()
      await journal.close()
      assert.equal(await code(journal.append(bytes('x'))), 'JOURNAL_CLOSED')
      assert.equal(await code(journal.sync()), 'JOURNAL_CLOSED')
      assert.equal(await code(journal.replace(bytes('x'))), 'JOURNAL_CLOSED')
      assert.equal(await code(journal.remove()), 'JOURNAL_CLOSED')
      assert.deepEqual(await place.store().list(), [])
    },
  },
  {
    name: 'finishes operations that were started before a close',
    async run(place) {
      const journal = await place.store().open('a')
      const appended = journal.append(bytes('x'))
      const synced = journal.sync()
      await journal.close()
      await Promise.all([appended, synced])
      assert.equal(text(await place.store().read('a')), 'x')
    },
  },
]
