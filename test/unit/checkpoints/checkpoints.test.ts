import { describe, expect, test } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import { bucketOptionsOf, listCheckpoints } from '../../../src/checkpoints/checkpoints.ts'
import { discardCheckpoint, discardUpload } from '../../../src/checkpoints/discard-checkpoint.ts'
import { encodeRecords } from '../../../src/journal/codec.ts'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import { journalName } from '../../../src/journal/name.ts'
import type { JournalRecord } from '../../../src/journal/record.ts'
import { begin, intent, part } from '../journal/records.ts'
import { LocalOss } from '../support/local-oss.ts'
import { seeded } from '../support/random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

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
    ['started', [begin, source]],
    ['started', [begin, source, intent('a')]],
    ['sending', sending],
    ['completing', [...sending, completing]],
    ['started', [...sending, { t: 'aborting', id: 'A', why: 'the headers are others now' }]],
    ['cleanup', [...sending, { t: 'aborting', id: 'A', why: 'discarded' }]],
    ['cleanup', [...sending, { t: 'aborting', id: 'A', why: 'OVERWRITTEN_ELSEWHERE' }]],
    ['cleanup', [...sending, completing, { t: 'done', e: 'E', c: '1' }]],
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
        startedAt: begin.at,
        size: 300_000,
      },
    ])
  })

  test.each([
    ['/dir/stream:', 0, 'file', 0],
    ['stream:', 0, 'stream', undefined],
    ['stream:', 300_000, 'stream', 300_000],
    ['bytes:3:12', 3, 'bytes', 3],
    ['blob:name:3:0', 3, 'blob', 3],
  ])('%s of %j bytes', async (id, bytes, sourceKind, size) => {
    const records = [
      { ...begin, source: id },
      { ...source, size: bytes },
    ]
    const { checkpoints } = await listCheckpoints(await storeWith({ a: encodeRecords(records) }))
    expect(checkpoints).toMatchObject([{ source: id, sourceKind, size }])
  })

  test('what is confirmed', async () => {
    const { checkpoints } = await listCheckpoints(await storeWith({ a: encodeRecords(sending) }))
    expect(checkpoints).toMatchObject([
      { uploadId: 'A', confirmedParts: 2, confirmedBytes: 204_800 },
    ])
  })

  test('what is owed', async () => {
    const given: JournalRecord = { t: 'aborting', id: 'A', why: 'x' }
    const store = await storeWith({ a: encodeRecords([...sending, given, intent('b')]) })
    const { checkpoints } = await listCheckpoints(store)
    expect(checkpoints).toMatchObject([{ pendingAborts: { uploadIds: ['A'], intents: 1 } }])
  })

  test('those begun first come first', async () => {
    const store = await storeWith({
      a: encodeRecords([{ ...begin, at: 3 }]),
      b: encodeRecords([{ ...begin, at: 1 }]),
      c: encodeRecords([{ ...begin, at: 2 }]),
    })
    const { checkpoints } = await listCheckpoints(store)
    expect(checkpoints.map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  })

  test('who has it now, and when it last changed', async () => {
    const store = await storeWith({ a: encodeRecords(sending), b: encodeRecords(sending) })
    await store.open('b')
    expect((await listCheckpoints(store)).checkpoints).toMatchObject([
      { id: 'a', owner: undefined, updatedAt: 2000 },
      { id: 'b', owner: { isCertain: true } },
    ])
    const looking = Object.assign(store, { look: async () => ({ changedAt: 5 }) })
    expect((await listCheckpoints(looking)).checkpoints[0]).toMatchObject({ updatedAt: 5 })
  })

  test.each([
    ['virtual-host', {}],
    ['path', { pathStyle: true }],
    ['cname', { cname: true }],
  ] as const)('a bucket object for %s', (style, more) => {
    const { bucket, region, endpoint } = begin
    expect(bucketOptionsOf({ ...begin, style })).toEqual({
      name: bucket,
      region,
      endpoint,
      ...more,
    })
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
        { ...begin, key, place: bucket.place, source: '/file' },
        intent('a'),
        { t: 'upload', id: uploadId, nonce: 'a', at: 1 },
      ]),
    })
    return { oss, bucket, store, name }
  }

  test('aborts the upload until OSS does not know it, and removes the checkpoint', async () => {
    const { oss, bucket, store } = await setUp()
    expect(await discardUpload(bucket, key, '/file', store)).toBe(true)
    expect(await oss.uploads()).toEqual([])
    expect(oss.count('AbortMultipartUpload')).toBe(2)
    expect(await store.list()).toEqual([])
    expect(await discardUpload(bucket, key, '/file', store)).toBe(false)
  })

  test('where aborting is refused the checkpoint stays', async () => {
    const { oss, bucket, store } = await setUp()
    const deny = ['oss:AbortMultipartUpload']
    oss.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret', deny })
    await expect(discardUpload(bucket, key, '/file', store)).rejects.toMatchObject({
      code: 'AccessDenied',
    })
    expect(await store.list()).toHaveLength(1)
  })

  test('by its id', async () => {
    const { oss, bucket, store, name } = await setUp()
    expect(await discardCheckpoint(bucket, name, store)).toBe(true)
    expect(await oss.uploads()).toEqual([])
    expect(await store.list()).toEqual([])
    expect(await discardCheckpoint(bucket, name, store)).toBe(false)
  })

  test('by the id of a checkpoint that was given another name, nothing is done', async () => {
    const { oss, bucket, store, name } = await setUp()
    const bytes = await store.read(name)
    const other = await storeWith({ other: bytes ?? new Uint8Array() })
    await expect(discardCheckpoint(bucket, 'other', other)).rejects.toMatchObject({
      code: 'JOURNAL_UNREADABLE',
    })
    expect(await oss.uploads()).toHaveLength(1)
  })

  test('over another bucket, nothing is done', async () => {
    const { oss, bucket, store, name } = await setUp()
    const other = Object.assign(Object.create(bucket), { name: 'otherbucket' })
    await expect(discardCheckpoint(other, name, store)).rejects.toMatchObject({
      code: 'WRONG_BUCKET',
    })
    expect(oss.count('AbortMultipartUpload')).toBe(0)
  })

  test('one that runs is busy', async () => {
    const { bucket, store, name } = await setUp()
    await store.open(name)
    await expect(discardUpload(bucket, key, '/file', store)).rejects.toMatchObject({
      code: 'UPLOAD_BUSY',
    })
  })
})
