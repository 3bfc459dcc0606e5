import { describe, expect, test } from 'vitest'
import { Bucket } from '../../src/bucket.ts'
import { discardCheckpoint, listCheckpoints } from '../../src/checkpoints.ts'
import { encodeRecords } from '../../src/journal/codec.ts'
import { MemoryJournalStore } from '../../src/journal/memory-journal-store.ts'
import { journalName } from '../../src/journal/name.ts'
import type { JournalRecord } from '../../src/journal/record.ts'
import { begin, intent, part } from './journal/records.ts'
import { LocalOss } from './support/local-oss.ts'
import { seeded } from './support/random.ts'
import { VirtualClock } from './support/virtual-clock.ts'

async function storeWith(journals: Record<string, Uint8Array>): Promise<MemoryJournalStore> {
  const store = new MemoryJournalStore()
  for (const [name, bytes] of Object.entries(journals)) {
    const journal = await store.open(name)
    await journal.append(bytes)
    await journal.close()
  }
  return store
}

const source: JournalRecord = { t: 'source', size: 300_000, at: 1 }
const sending: JournalRecord[] = [
  begin,
  source,
  intent('a'),
  { t: 'upload', id: 'A', nonce: 'a', at: 1 },
  part(1),
  part(2),
]
const completing: JournalRecord = { t: 'completing', size: 300_000, c: '1', parts: 3, at: 1 }

describe('listing', () => {
  const cases: [state: string, records: JournalRecord[]][] = [
    ['begun', [begin, source]],
    ['owing', [begin, source, intent('a')]],
    ['sending', sending],
    ['completing', [...sending, completing]],
    ['owing', [...sending, { t: 'aborting', id: 'A', why: 'x' }]],
    ['owing', [...sending, completing, { t: 'done', e: 'E', c: '1' }]],
  ]
  test.each(cases)('%s', async (state, records) => {
    const store = await storeWith({ a: encodeRecords(records) })
    const { checkpoints, unreadable } = await listCheckpoints(store)
    expect(unreadable).toEqual([])
    expect(checkpoints).toMatchObject([
      {
        id: 'a',
        state,
        bucket: begin.bucket,
        key: begin.key,
        region: begin.region,
        endpoint: begin.endpoint,
        source: begin.source,
        begunAt: begin.at,
        size: 300_000,
      },
    ])
  })

  test('what is confirmed', async () => {
    const { checkpoints } = await listCheckpoints(await storeWith({ a: encodeRecords(sending) }))
    expect(checkpoints).toMatchObject([
      { uploadId: 'A', confirmedParts: 2, confirmedBytes: 204_800 },
    ])
  })

  test('one that cannot be read hides no other', async () => {
    const store = await storeWith({
      b: encodeRecords([{ ...begin, v: 9 }]),
      a: encodeRecords(sending),
      c: encodeRecords(sending.slice(1)),
    })
    const { checkpoints, unreadable } = await listCheckpoints(store)
    expect(checkpoints.map(({ id }) => id)).toEqual(['a'])
    expect(unreadable).toMatchObject([
      { id: 'b', error: { code: 'JOURNAL_TOO_NEW' } },
      { id: 'c', error: { code: 'JOURNAL_UNREADABLE' } },
    ])
  })
})

describe('discarding', () => {
  const key = 'file.bin'

  async function setUp() {
    const clock = new VirtualClock('jump')
    const oss = new LocalOss(clock)
    const bucket = new Bucket(
      {
        name: oss.bucket,
        region: 'cn-hangzhou',
        credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
      },
      { clock, random: seeded(1), transport: oss },
    )
    const { uploadId } = await bucket.initiateMultipartUpload({ key })
    const name = journalName(bucket.place, key, '/file')
    const store = await storeWith({
      [name]: encodeRecords([
        { ...begin, key },
        intent('a'),
        { t: 'upload', id: uploadId, nonce: 'a', at: 1 },
      ]),
    })
    return { oss, bucket, store, name }
  }

  test('aborts the upload until OSS does not know it, and removes the checkpoint', async () => {
    const { oss, bucket, store } = await setUp()
    expect(await discardCheckpoint(bucket, key, '/file', store)).toBe(true)
    expect(await oss.uploads()).toEqual([])
    expect(oss.count('AbortMultipartUpload')).toBe(2)
    expect(await store.list()).toEqual([])
    expect(await discardCheckpoint(bucket, key, '/file', store)).toBe(false)
  })

  test('where aborting is refused the checkpoint stays', async () => {
    const { oss, bucket, store } = await setUp()
    const deny = ['oss:AbortMultipartUpload']
    oss.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret', deny })
    await expect(discardCheckpoint(bucket, key, '/file', store)).rejects.toMatchObject({
      code: 'AccessDenied',
    })
    expect(await store.list()).toHaveLength(1)
  })

  test('one that runs is busy', async () => {
    const { bucket, store, name } = await setUp()
    await store.open(name)
    await expect(discardCheckpoint(bucket, key, '/file', store)).rejects.toMatchObject({
      code: 'UPLOAD_BUSY',
    })
  })
})
