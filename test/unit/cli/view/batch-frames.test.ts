// As frames.test.ts, but with many files and the real tracker of batches.

import { expect, test } from 'vitest'
import { BatchTracker } from '../../../../src/batch/batch-tracker.ts'
import type { FoundFile } from '../../../../src/batch/found.ts'
import { BatchView } from '../../../../src/cli/view/batch-view.ts'
import { SourceError } from '../../../../src/errors.ts'
import type { UploadResult } from '../../../../src/options/upload-options.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { fileOf, framesOf, seats } from './looks.ts'
import { clockOf, kib, mib, stage } from './scenes.ts'

function found(name: string, size: number): FoundFile {
  const path = `photos/${name}`
  const open = () => Promise.reject(new Error('nobody reads it'))
  return { kind: 'file', path, key: `backup/${name}`, id: `/${path}`, identity: { size }, open }
}

function stored({ key, identity: { size } }: FoundFile): UploadResult {
  const done = {
    bucket: 'examplebucket',
    key,
    size,
    etag: 'E',
    crc64: '1',
    verified: 'crc64',
  } as const
  return { ...done, parts: 0, resumed: { bytes: 0, parts: 0 }, sentBytes: size, retries: 0 }
}

function setUp() {
  const clock = new VirtualClock()
  const subject = { sources: ['photos'], bucket: 'examplebucket', prefix: 'backup/', dryRun: false }
  const audience = seats().map(seat => ({
    ...seat,
    view: new BatchView(seat.screen, subject, false, clockOf(clock)),
  }))
  const tracker = new BatchTracker(clock, {
    onFile: outcome => audience.forEach(({ view }) => void view.file(outcome)),
    onProgress: snapshot => audience.forEach(({ view }) => void view.progress(snapshot)),
    onEvent: event => audience.forEach(({ view }) => void view.event(event)),
  })
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 250) {
      await clock.advance(250)
      for (const { screen } of audience) screen.refresh()
    }
  }
  /** Begins a file; what its own tracker tells reaches that of the batch. */
  const begin = (file: FoundFile) => {
    const tracked = tracker.began(file)
    const { tracker: own } = stage(clock, {
      progress: snapshot => tracked.onProgress?.(snapshot),
      event: tracked.onEvent,
      tick: () => {},
    })
    own.phase('sending', file.identity.size)
    return { own, tracked }
  }
  const upload = (file: FoundFile) => {
    const { own, tracked } = begin(file)
    own.bytesSent(file.identity.size)
    own.close(file.identity)
    tracked.left(file.identity.size)
    tracker.settled({
      ...file,
      outcome: 'uploaded',
      size: file.identity.size,
      why: 'new',
      result: stored(file),
    })
  }
  return { clock, audience, tracker, pass, begin, upload }
}

const small = Array.from({ length: 400 }, (_, index) =>
  found(`2026/IMG_${String(index).padStart(4, '0')}.jpg`, (50 + index) * kib),
)
const large = [
  found('2026/\u6625\u8282/\u5bb6\u5ead\u805a\u4f1a\u89c6\u9891-1.mov', 240 * mib),
  found('2026/holiday.mov', 120 * mib),
  found('raw/a-very-long-name-of-a-raw-file-that-does-not-fit-into-its-column-0001.dng', 40 * mib),
]

test('many files while they are found', async () => {
  const { audience, tracker, pass, upload } = setUp()
  for (const file of small.slice(0, 150)) tracker.found(file)
  for (const file of small.slice(0, 60)) {
    upload(file)
    await pass(250)
  }
  await expect(framesOf('many files while they are found', audience)).toMatchFileSnapshot(
    fileOf('many files while they are found'),
  )
})

test('many files, large ones at the end', async () => {
  const { audience, tracker, pass, begin, upload } = setUp()
  for (const file of [...small, ...large]) tracker.found(file)
  tracker.walked()
  for (const { identity, ...file } of small.slice(0, 100)) {
    tracker.settled({ ...file, outcome: 'unchanged', size: identity.size })
  }
  for (const file of small.slice(100, 200)) {
    upload(file)
    await pass(125)
  }
  const error = new SourceError('SOURCE_CHANGED', 'photos/x changed while it was sent')
  tracker.settled({ ...small[200]!, outcome: 'failed', error })
  const under = large.map(file => begin(file))
  for (let step = 1; step <= 24; step++) {
    for (const { own } of under) own.bytesSent(mib)
    await pass(250)
  }
  const [first] = under
  first?.tracked.onEvent({
    type: 'retry',
    operation: 'UploadPart',
    partNumber: 3,
    attempt: 1,
    attemptsMax: 8,
    delayMs: 200,
    code: 'CONNECTION_LOST',
    reason: 'lost',
  })
  await pass(500)
  const name = 'many files, large ones at the end'
  await expect(framesOf(name, audience)).toMatchFileSnapshot(fileOf(name))
  for (const { terminal } of audience) expect(terminal.cursorVisible).toBe(false)
})
