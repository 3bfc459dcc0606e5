// Figures beside each other say the same, in every frame of every scene.

import { describe, expect, test } from 'vitest'
import { glyphsFor } from '../../../../src/cli/live/glyphs.ts'
import { Screen } from '../../../../src/cli/output/screen.ts'
import { BatchView } from '../../../../src/cli/view/batch-view.ts'
import { LiveUpload } from '../../../../src/cli/view/live-upload.ts'
import { UploadView } from '../../../../src/cli/view/upload-view.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { clockOf, mib, type Scene, scenes, stage } from './scenes.ts'

const size = { columns: 100, rows: 30 }
const glyphs = glyphsFor({ unicode: true, colour: false })

/** Every frame of a scene, as lines. */
async function framesOf(scene: Scene): Promise<string[][]> {
  const clock = new VirtualClock()
  const live = new LiveUpload(clockOf(clock), glyphs)
  const frames: string[][] = []
  const draw = () =>
    frames.push(live.frame(size).map(line => line.map(({ text }) => text).join('')))
  const on = stage(clock, {
    progress(snapshot) {
      live.progress(snapshot)
      draw()
    },
    event: event => live.event(event),
    tick: draw,
  })
  await scene(on)
  return frames
}

describe.each(Object.entries(scenes))('%s', (_, scene) => {
  test('the percentage is that of the bytes', async () => {
    for (const frame of await framesOf(scene)) {
      const text = frame.join('\n')
      const [, percent] = /(\d+) % /.exec(text) ?? []
      const [, part, whole] = /^\s+([\d.]+) of ([\d.]+) \wiB/m.exec(text) ?? []
      if (percent === undefined || part === undefined) continue
      const exact = (Number(part) / Number(whole)) * 100
      // Both are rounded down.
      const rounding = 1 + (0.1 / Number(whole)) * 100
      expect([text, Math.abs(exact - Number(percent)) <= rounding]).toEqual([text, true])
    }
  })

  test('the legend counts the cells of the map', async () => {
    for (const frame of await framesOf(scene)) {
      const legend = frame.find(line => line.includes(' confirmed '))
      if (legend === undefined) continue
      // Cells are two columns wide.
      const map = frame.filter(line => /^ {2}(\S)\1( (\S)\3)+$/.test(line)).join(' ')
      const cellsOf = (marks: string) =>
        map.split(' ').filter(cell => cell !== '' && marks.includes(cell[0] ?? '')).length
      const said = (word: string) => Number(new RegExp(` (\\d+) ${word}`).exec(legend)?.[1] ?? 0)
      expect([legend, said('again')]).toEqual([legend, cellsOf(glyphs.failed)])
      expect([legend, said('waiting')]).toEqual([legend, cellsOf(glyphs.waiting)])
      // A cell that is confirmed in part looks like one in flight, but for its colour.
      expect([legend, said('earlier') + said('confirmed') + said('in flight')]).toEqual([
        legend,
        cellsOf([glyphs.kept, glyphs.confirmed, ...glyphs.filling].join('')),
      ])
    }
  })
})

/** A screen that keeps what it prints. */
function listener(json = false) {
  const shown = { out: '', err: '' }
  const collect = (name: 'out' | 'err') => ({
    write(data: string | Uint8Array) {
      shown[name] += data
      return true
    },
  })
  const output = { stdout: collect('out'), stderr: collect('err') }
  const screen = new Screen({ json, level: 'info', env: {}, ...output })
  const clock = { ms: 0 }
  const viewClock = { monotonic: () => clock.ms, now: () => clock.ms }
  return { shown, screen, clock, viewClock }
}

test.each([
  // All of it, in this run.
  [0, 100 * mib, 4000, '  100 MiB in 4 s (25 MiB/s)'],
  // What an earlier run had sent is not part of this run's time.
  [90 * mib, 10 * mib, 400, '  100 MiB; 10 MiB sent in 400 ms (25 MiB/s)'],
  [50 * mib, 50 * mib, 1400, '  100 MiB; 50 MiB sent in 1.4 s (35.7 MiB/s)'],
  // Sent twice in part.
  [0, 125 * mib, 5000, '  100 MiB; 125 MiB sent in 5 s (25 MiB/s)'],
])('resumed at %i, %i bytes sent in %i ms', (resumed, sentBytes, ms, expected) => {
  const { shown, screen, clock, viewClock } = listener()
  const view = new UploadView(screen, { source: 'a', bucket: 'b', key: 'k' }, viewClock)
  clock.ms = ms
  view.done({
    ...{ bucket: 'b', key: 'k', size: 100 * mib, etag: 'E', crc64: '1', verified: 'crc64' },
    ...{ parts: 1, resumed: { bytes: resumed, parts: 1 }, sentBytes, retries: 0 },
  })
  expect(shown.out.split('\n')[0]).toBe(`oss://b/k${expected}`)
})

const counts = {
  ...{ uploaded: 0, unchanged: 0, skipped: 0, failed: 0, planned: 0 },
  ...{ uploadedBytes: 0, unchangedBytes: 0, plannedBytes: 0, sentBytes: 0 },
}

test('a stop of many files counts the stored files and the confirmed bytes of the others', () => {
  const { shown, screen, viewClock } = listener()
  const subject = { sources: ['x', 'y', 'z'], bucket: 'b', prefix: 'p/', dryRun: false }
  const view = new BatchView(screen, subject, false, viewClock)
  const active = (key: string, confirmedBytes: number) => ({
    ...{ path: key, key, size: 100 * mib },
    snapshot: { ...emptySnapshot, confirmedBytes },
  })
  const snapshot = {
    ...{ ...counts, uploaded: 2000, unchanged: 2, phase: 'sending' as const, postponed: 0 },
    ...{ filesFound: 3000, bytesFound: 1, isWalked: true, confirmedBytes: 0, retries: 0 },
    ...{ bytesPerSecond: undefined, offlineSince: undefined, percent: undefined },
  }
  view.progress({ ...snapshot, active: () => [active('a', 30 * mib), active('b', 48 * mib)] })
  // When it has stopped, no file is under way any more.
  view.progress({ ...snapshot, active: () => [] })
  view.ended(true)
  expect(shown.err).toContain('Uploading x, y and 1 more to oss://b/p/\n')
  expect(shown.err).toContain(
    'Stopped. 2,002 files are stored, and 78 MiB of 2 more are safe: run the same command again to continue.\n',
  )
})

const emptySnapshot = {
  ...{ phase: 'sending' as const, totalBytes: 100 * mib, resumedBytes: 0, sentBytes: 0 },
  ...{ inFlightBytes: 0, verifiedBytes: undefined, bytesToVerify: undefined, round: 1 },
  ...{ roundReason: undefined, bytesPerSecond: undefined, remainingMs: undefined },
  ...{ partsTotal: 1, partsConfirmed: 0, partsInFlight: 0, retries: 0 },
  ...{ offlineSince: undefined, offlineUntil: undefined, percent: undefined, parts: () => [] },
}

test('lines of JSON have the percentage, where a whole is known', () => {
  const { shown, screen, clock, viewClock } = listener(true)
  const view = new UploadView(screen, { source: 'a', bucket: 'b', key: 'k' }, viewClock)
  clock.ms = 600
  view.progress({ ...emptySnapshot, confirmedBytes: 33.5 * mib })
  clock.ms = 1200
  view.progress({ ...emptySnapshot, confirmedBytes: 50 * mib, totalBytes: undefined })
  const lines = shown.out.trimEnd().split('\n')
  const progress = lines.map(line => JSON.parse(line)).filter(({ type }) => type === 'progress')
  expect(progress[0]).toMatchObject({ percent: 33 })
  expect(progress[1]).not.toHaveProperty('percent')
})
