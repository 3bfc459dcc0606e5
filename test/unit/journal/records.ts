// A journal as an upload writes it, for tests of what reads it.

import type { BeginRecord, IntentRecord, JournalRecord } from '../../../src/journal/record.ts'

export const begin: BeginRecord = {
  t: 'begin',
  v: 1,
  bucket: 'examplebucket',
  key: 'dir/ünïcode \n key',
  place: 'oss://cn-hangzhou/examplebucket',
  endpoint: 'https://oss-cn-hangzhou.aliyuncs.com',
  style: 'virtual-host',
  region: 'cn-hangzhou',
  source: '/tmp/file',
  name: '/tmp/file',
  at: 1000,
}

export const intent = (nonce: string): IntentRecord => ({
  t: 'intent',
  nonce,
  headers: { 'content-type': 'text/plain' },
  partSize: 102_400,
  at: 2000,
})

export const part = (n: number, y?: 1): JournalRecord => ({
  t: 'part',
  n,
  o: (n - 1) * 102_400,
  s: 102_400,
  e: 'ABCDEF0123456789ABCDEF0123456789',
  c: '18446744073709551615',
  ...(y && { y }),
})

/** Every type of record, in an order that occurs. */
export const journal: JournalRecord[] = [
  begin,
  { t: 'source', size: 300_000, mtimeNs: '1700000000000000001', ctimeNs: '17', inode: '9', at: 1 },
  intent('lost'),
  intent('first'),
  { t: 'upload', id: 'ID-1', nonce: 'first', at: 3000 },
  part(2),
  part(1, 1),
  { t: 'aborting', id: 'ID-1', why: 'the headers of the object are others now' },
  intent('second'),
  { t: 'upload', id: 'ID-2', nonce: 'second', at: 4000 },
  part(1),
  part(3),
  part(2),
  { t: 'drop', n: [2] },
  part(2),
  { t: 'completing', size: 300_000, c: '42', parts: 3, at: 5000 },
  { t: 'done', e: 'ETAG-3', c: '42' },
  { t: 'aborted', id: 'ID-1' },
  { t: 'settled', nonce: 'lost' },
]
