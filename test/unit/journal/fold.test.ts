import { describe, expect, test } from 'vitest'
import {
  type CheckpointState,
  emptyState,
  foldRecords,
  recordOf,
} from '../../../src/journal/fold.ts'
import type { JournalRecord } from '../../../src/journal/record.ts'
import { between, seeded } from '../support/random.ts'
import { begin, intent, journal, part } from './records.ts'

const fold = (...records: JournalRecord[]) => foldRecords(records, 'here')

/** What docs/internals/life-cycle.md allows a state to be. */
function expectLegal(state: CheckpointState): void {
  if (state.upload === undefined) {
    expect(state.parts.size).toBe(0)
    return
  }
  expect(state.aborting.has(state.upload.id)).toBe(false)
  expect(state.intents.has(state.upload.intent.nonce)).toBe(false)
  for (const [number, { partNumber }] of state.parts) expect(partNumber).toBe(number)
}

test('nothing folds to the empty state', () => {
  expect(fold()).toEqual(emptyState())
})

test('the whole story', () => {
  const state = fold(...journal)
  expect(state).toMatchObject({
    begin,
    source: { size: 300_000, mtimeNs: '1700000000000000001', ctimeNs: '17', inode: '9' },
    upload: { id: 'ID-2', initiatedAt: 4000, intent: { nonce: 'second' } },
    completing: { parts: 3 },
    done: { e: 'ETAG-3' },
  })
  expect([...state.parts.keys()].sort()).toEqual([1, 2, 3])
  expect(state.aborting.size + state.intents.size).toBe(0)
})

test('every prefix folds to a legal state', () => {
  for (let length = 1; length <= journal.length; length++) {
    expectLegal(fold(...journal.slice(0, length)))
  }
})

test('so does every journal that lost some of its later records', () => {
  const random = seeded(3)
  for (let round = 0; round < 1000; round++) {
    const kept = journal.filter((_, i) => i === 0 || random.next() < 0.8)
    expectLegal(fold(...kept))
  }
})

test('so does any order of any records', () => {
  const random = seeded(4)
  for (let round = 0; round < 1000; round++) {
    const mixed = Array.from({ length: 12 }, () => journal[between(random, 1, journal.length - 1)])
    const records = mixed.filter(record => record !== undefined)
    const { upload, parts } = fold(begin, ...records)
    if (upload === undefined) expect(parts.size).toBe(0)
  }
})

describe('what is refused', () => {
  test('a later version', () => {
    const later = { ...begin, v: 2 }
    expect(() => fold(later)).toThrow(expect.objectContaining({ code: 'JOURNAL_TOO_NEW' }))
  })
})

test('a journal that lost its beginning has lost nothing else', () => {
  const { begin: _, ...rest } = fold(...journal)
  expect(fold(...journal.slice(1))).toEqual({ ...rest, begin: undefined })
})

describe('uploads and their parts', () => {
  const started: JournalRecord[] = [begin, intent('a'), { t: 'upload', id: 'A', nonce: 'a', at: 7 }]

  test('the last record of a number counts, and a drop takes it back', () => {
    const other = { ...part(1), e: 'OTHER' } as JournalRecord
    expect(fold(...started, part(1), other).parts.get(1)?.etag).toBe('OTHER')
    expect(fold(...started, part(1), { t: 'drop', n: [1] }).parts.size).toBe(0)
  })

  test('a part without an upload, or of one that was given up, counts for nothing', () => {
    expect(fold(begin, part(1)).parts.size).toBe(0)
    const given: JournalRecord = { t: 'aborting', id: 'A', why: 'x' }
    expect(fold(...started, given, part(1)).parts.size).toBe(0)
  })

  test('a new upload starts a new list of parts and is not completing', () => {
    const completing: JournalRecord = { t: 'completing', size: 1, c: '1', parts: 1, at: 1 }
    const state = fold(...started, part(1), completing, intent('b'), {
      t: 'upload',
      id: 'B',
      nonce: 'b',
      at: 8,
    })
    expect(state.parts.size).toBe(0)
    expect(state.completing).toBeUndefined()
  })

  test('an upload that another one replaced without a record of its end is owed', () => {
    const state = fold(...started, intent('b'), { t: 'upload', id: 'B', nonce: 'b', at: 8 })
    expect(state.upload?.id).toBe('B')
    expect([...state.aborting.keys()]).toEqual(['A'])
  })

  test('an upload whose intent is lost cannot go on and is owed', () => {
    const state = fold(begin, { t: 'upload', id: 'A', nonce: 'lost', at: 8 })
    expect(state.upload).toBeUndefined()
    expect([...state.aborting.keys()]).toEqual(['A'])
  })

  test('an intent without an answer is owed until it is settled', () => {
    expect([...fold(begin, intent('a')).intents.keys()]).toEqual(['a'])
    expect(fold(begin, intent('a'), { t: 'settled', nonce: 'a' }).intents.size).toBe(0)
  })

  test('an abort is owed until OSS answered 404', () => {
    const given: JournalRecord[] = [...started, { t: 'aborting', id: 'A', why: 'x' }]
    expect(fold(...given).upload).toBeUndefined()
    expect(fold(...given).aborting.get('A')).toBe('x')
    expect(fold(...given, { t: 'aborted', id: 'A' }).aborting.size).toBe(0)
  })

  test('aborting another id leaves the current one alone', () => {
    const state = fold(...started, part(1), { t: 'aborting', id: 'OLD', why: 'x' })
    expect(state.upload?.id).toBe('A')
    expect(state.parts.size).toBe(1)
  })

  test('a drop takes back that it was about to be completed', () => {
    const completing: JournalRecord = { t: 'completing', size: 1, c: '1', parts: 1, at: 1 }
    expect(fold(...started, completing, { t: 'drop', n: [1] }).completing).toBeUndefined()
  })

  test('a part is the record it came from, proven or not', () => {
    for (const record of [part(1), part(2, 1)]) {
      const [confirmed] = fold(...started, record).parts.values()
      if (confirmed === undefined) throw new Error('no part')
      expect(recordOf(confirmed, confirmed.proven)).toEqual(record)
    }
  })
})

test('an intent and an upload id are there twice, so one record can be lost', () => {
  const upload: JournalRecord = { t: 'upload', id: 'A', nonce: 'a', at: 7 }
  const part: JournalRecord = { t: 'part', n: 1, o: 0, s: 102_400, e: 'E', c: '1' }
  const written = [begin, intent('a'), intent('a'), upload, upload, part]
  for (let lost = 0; lost < written.length - 1; lost++) {
    const state = fold(...written.filter((_, index) => index !== lost))
    expect(state.upload?.id).toBe('A')
    expect(state.parts.size).toBe(1)
    expect(state.intents.size + state.aborting.size).toBe(0)
  }
})
