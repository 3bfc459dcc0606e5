import { expect, test } from 'vitest'
import { checkpointText, unreadableText } from '../../../../src/cli/view/checkpoint-text.ts'
import { checkpoint } from './checkpoint.ts'

test('all about a checkpoint', () => {
  expect(checkpointText(checkpoint(), 3_660_000)).toBe(
    [
      'oss://bucket/dir/key',
      '  from /dir/file',
      '  40 %, 40 of 100 MiB, safe: ossup resume continues it, or the same upload',
      '  id 0123456789; started 1970-01-01 00:00:00Z, last change 1 h ago',
    ].join('\n'),
  )
})

test.each([
  [
    { source: 'stream:', sourceKind: 'stream' as const, size: undefined },
    /^ {2}from standard input \(or a stream\)\n {2}40 MiB safe, its size is not known: offer it again with `… \| ossup upload - oss:\/\/bucket\/dir\/key`$/m,
  ],
  [
    { source: 'stream:', sourceKind: 'stream' as const },
    /^ {2}40 %, 40 of 100 MiB, safe: offer it again with `/m,
  ],
  [
    { source: 'bytes:1:2', sourceKind: 'bytes' as const },
    /from bytes in memory\n.* safe: only the program that began it/,
  ],
  [{ source: '/s/0a.ossup-spool' }, /from standard input \(or a stream\), kept in \/s\/0a\.oss/],
  [{ state: 'started' as const }, /not yet sent/],
  [{ state: 'completing' as const }, /put together by OSS/],
  [{ state: 'cleanup' as const }, /^ {2}finished or discarded; ossup clean/m],
  [{ source: '/a\x1b[2J' }, /from \/a\\x1b/],
  [{ pendingAborts: { uploadIds: ['A'], intents: 0 } }, /left at OSS: 1 upload id$/m],
  [{ pendingAborts: { uploadIds: [], intents: 2 } }, /perhaps left at OSS: 2 empty uploads/],
  [
    { owner: { pid: 12, host: 'h', since: 0, isCertain: true } },
    /running now: process 12 on h since 1970-01-01/,
  ],
  [{ owner: { host: 'h', isCertain: false } }, /perhaps running: another owner on h$/m],
  [{ updatedAt: 59_001 }, /last change just now$/m],
  [{ updatedAt: 59_000 }, /last change 1 s ago$/m],
  // A clock that was set back.
  [{ updatedAt: 9e12 }, /last change just now$/m],
])('%j', (change, pattern) => {
  expect(checkpointText(checkpoint(change), 60_000)).toMatch(pattern)
})

test('it fits into 80 columns', () => {
  const text = checkpointText(checkpoint(), 3_660_000)
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(80)
})

test('one that cannot be read', () => {
  expect(unreadableText({ id: '0123456789abcdef', error: new Error('torn\x07') })).toBe(
    'checkpoint 0123456789 cannot be read\n  torn\\x07',
  )
})

test('one that runs needs no hints', () => {
  const owner = { pid: 12, host: 'h', since: 0, isCertain: true }
  const text = checkpointText(checkpoint({ owner }), 0)
  expect(text).toContain('running now')
  expect(text).not.toMatch(/safe|ossup/)
})
