import { expect, test } from 'vitest'
import { progressLine } from '../../../../src/cli/view/progress-line.ts'
import type { ProgressSnapshot } from '../../../../src/progress/snapshot.ts'

const mib = 1024 ** 2

const sending: ProgressSnapshot = {
  phase: 'sending',
  totalBytes: 300 * mib,
  percent: 71,
  confirmedBytes: 213 * mib,
  resumedBytes: 0,
  sentBytes: 220 * mib,
  inFlightBytes: 7 * mib,
  verifiedBytes: undefined,
  bytesToVerify: undefined,
  round: 1,
  roundReason: undefined,
  bytesPerSecond: 45.25 * mib,
  remainingMs: 72_000,
  partsTotal: 38,
  partsConfirmed: 26,
  partsInFlight: 4,
  retries: 2,
  offlineSince: undefined,
  offlineUntil: undefined,
  parts: () => [],
}

test.each([
  [200, ' 71 %  213 of 300 MiB  45.2 MiB/s  1 min 12 s left  4 parts in flight  2 retries'],
  [80, ' 71 %  213 of 300 MiB  45.2 MiB/s  1 min 12 s left  4 parts in flight  2 retries'],
  [75, ' 71 %  213 of 300 MiB  45.2 MiB/s  1 min 12 s left  2 retries'],
  [50, ' 71 %  213 of 300 MiB  45.2 MiB/s  1 min 12 s left'],
  [40, ' 71 %  213 of 300 MiB  45.2 MiB/s'],
  [25, ' 71 %  213 of 300 MiB'],
  [10, ' 71 %'],
  [3, ' 71'],
])('in %d columns, what matters most stays', (width, line) => {
  expect(progressLine(sending, width)).toBe(line)
})

test.each<[string, Partial<ProgressSnapshot>, string]>([
  [
    'nothing known yet',
    { bytesPerSecond: undefined, remainingMs: undefined, partsInFlight: 0, retries: 0 },
    ' 71 %  213 of 300 MiB',
  ],
  [
    'one of each',
    { partsInFlight: 1, retries: 1, remainingMs: undefined },
    '1 part in flight  1 retry',
  ],
  ['no connection', { offlineSince: 1 }, 'no connection, waiting for it  2 retries'],
  ['at the end', { phase: 'completing', retries: 0 }, 'OSS puts the object together'],
  ['before the start', { phase: 'preparing', retries: 0 }, 'checking for earlier parts'],
  ['unknown length', { totalBytes: undefined }, '213 MiB  45.2 MiB/s'],
])('%s', (_, change, part) => {
  expect(progressLine({ ...sending, ...change }, 200)).toContain(part)
})
