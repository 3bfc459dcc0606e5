import { expect, test } from 'vitest'
import { RetryNotes } from '../../../../src/cli/view/retry-notes.ts'
import type { UploadEvent } from '../../../../src/progress/upload-event.ts'

type Retry = Extract<UploadEvent, { type: 'retry' }>

function retry(partNumber: number | undefined, change: Partial<Retry> = {}): Retry {
  return {
    type: 'retry',
    operation: partNumber === undefined ? 'CompleteMultipartUpload' : 'UploadPart',
    ...(partNumber === undefined ? {} : { partNumber }),
    attempt: 1,
    attemptsMax: 8,
    delayMs: 100,
    code: 'CONNECTION_LOST',
    reason: 'a long sentence',
    ...change,
  }
}

test.each<[string, Retry[], string]>([
  ['one part', [retry(17)], 'part 17 again: connection lost (2 of 8)'],
  ['a few', [retry(18), retry(17)], 'parts 17, 18 again: connection lost'],
  [
    'many',
    [9, 3, 7, 5, 1].map(part => retry(part)),
    'parts 1, 3 and 3 others again: connection lost',
  ],
  [
    'the same twice',
    [retry(4), retry(4, { attempt: 2 })],
    'part 4 again: connection lost (3 of 8)',
  ],
  [
    'a request without a part',
    [retry(undefined, { code: 'InternalError' })],
    'CompleteMultipartUpload again: an internal error of OSS (2 of 8)',
  ],
  [
    'a code of OSS that has no words',
    [retry(2, { code: 'Odd' })],
    'part 2 again: OSS said Odd (2 of 8)',
  ],
  [
    'a long pause',
    [retry(2, { code: 'ServiceUnavailable', delayMs: 7900 })],
    'part 2 again: OSS asks to slow down, in 8 s (2 of 8)',
  ],
])('%s', (_, retries, text) => {
  const notes = new RetryNotes()
  for (const one of retries) notes.add(one, 0)
  expect(notes.text(0)).toBe(text)
})

test('of several files, which one', () => {
  const notes = new RetryNotes()
  notes.add(retry(3), 0, '2026/a.jpg')
  expect(notes.text(0)).toBe('2026/a.jpg again: connection lost (2 of 8)')
  notes.add(retry(3), 100, '2026/b.jpg')
  expect(notes.text(2000)).toBe('2 files again: connection lost')
})

test('stays long enough to be read, then goes', () => {
  const notes = new RetryNotes()
  notes.add(retry(1), 0)
  notes.text(0)
  expect(notes.text(5999)).toBe('part 1 again: connection lost (2 of 8)')
  expect(notes.text(6000)).toBeUndefined()
})

test('a new note waits until the shown one could be read', () => {
  const notes = new RetryNotes()
  notes.add(retry(1), 0)
  const first = notes.text(0)
  notes.add(retry(2, { code: 'STALLED' }), 500)
  expect(notes.text(1900)).toBe(first)
  expect(notes.text(2000)).toBe('part 2 again: no byte moved (2 of 8)')
})
