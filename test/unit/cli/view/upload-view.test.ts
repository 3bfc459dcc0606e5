import { expect, test } from 'vitest'
import { glyphsFor } from '../../../../src/cli/live/glyphs.ts'
import { Screen, type ScreenOptions } from '../../../../src/cli/output/screen.ts'
import { LiveUpload } from '../../../../src/cli/view/live-upload.ts'
import { UploadView } from '../../../../src/cli/view/upload-view.ts'
import type { UploadResult } from '../../../../src/options/upload-options.ts'
import type { ProgressSnapshot } from '../../../../src/progress/snapshot.ts'
import { TerminalEmulator } from '../live/terminal-emulator.ts'

const mib = 1024 ** 2

function snapshot(confirmed: number, change: Partial<ProgressSnapshot> = {}): ProgressSnapshot {
  return {
    phase: 'sending',
    totalBytes: 100 * mib,
    percent: confirmed,
    confirmedBytes: confirmed * mib,
    resumedBytes: 0,
    sentBytes: confirmed * mib,
    inFlightBytes: 0,
    verifiedBytes: undefined,
    bytesToVerify: undefined,
    round: 1,
    roundReason: undefined,
    bytesPerSecond: undefined,
    remainingMs: undefined,
    partsTotal: 100,
    partsConfirmed: confirmed,
    partsInFlight: 0,
    retries: 0,
    offlineSince: undefined,
    offlineUntil: undefined,
    parts: () => [],
    ...change,
  }
}

const result: UploadResult = {
  bucket: 'bucket',
  key: 'dir/key',
  size: 100 * mib,
  etag: 'E',
  crc64: '123',
  verified: 'crc64',
  uploadId: 'ID',
  parts: 13,
  resumed: { bytes: 0, parts: 0 },
  sentBytes: 100 * mib,
  retries: 0,
}

function watch(
  options: Partial<Pick<ScreenOptions, 'json' | 'level'>> & { tty?: boolean; source?: string } = {},
) {
  const { tty = false, source = 'a.bin', ...wanted } = options
  const shown = { out: '', err: '' }
  const collect = (name: 'out' | 'err') => ({
    isTTY: tty,
    columns: 80,
    write: (data: string | Uint8Array) => {
      shown[name] += data
      return true
    },
  })
  const screen = new Screen({
    json: false,
    level: 'info',
    stdout: collect('out'),
    stderr: collect('err'),
    env: { NO_COLOR: '1' },
    ...wanted,
  })
  const clock = { ms: 0 }
  return {
    shown,
    clock,
    view: new UploadView(
      screen,
      { source, bucket: 'bucket', key: 'dir/key' },
      { monotonic: () => clock.ms, now: () => clock.ms },
    ),
  }
}

function onTerminal() {
  const terminal = new TerminalEmulator(80, 24)
  const screen = new Screen({
    json: false,
    level: 'info',
    stdout: terminal,
    stderr: terminal,
    env: { LANG: 'C.UTF-8' },
    ticker: () => () => {},
    events: { on: () => {}, off: () => {}, kill: () => {}, pid: 1 },
  })
  const clock = { monotonic: () => 0, now: () => 0 }
  const subject = { source: 'a.bin', bucket: 'bucket', key: 'dir/key' }
  return { terminal, screen, view: new UploadView(screen, subject, clock) }
}

test('in a log, a line comes with every tenth or ten seconds', () => {
  const { shown, clock, view } = watch()
  for (let percent = 0; percent <= 100; percent += 1) view.progress(snapshot(percent))
  clock.ms = 10_000
  view.progress(snapshot(100))
  view.done(result)
  const [begin, ...lines] = shown.err.trimEnd().split('\n')
  expect(begin).toBe('Uploading a.bin (100 MiB) to oss://bucket/dir/key')
  expect(lines.map(line => line.trim().split(' ')[0])).toEqual([
    '10',
    '20',
    '30',
    '40',
    '50',
    '60',
    '70',
    '80',
    '90',
    '100',
    '100',
  ])
  expect(shown.out).toBe(
    'oss://bucket/dir/key  100 MiB in 10 s (10 MiB/s)\n' +
      'verified: CRC-64 123 at both ends, 104,857,600 bytes in 13 parts\n',
  )
})

test.each([
  [true, 'a.bin'],
  [false, `/${'long/'.repeat(20)}a.bin`],
])('a path too long for the line (terminal: %s) is shown as %s', (tty, name) => {
  const { shown, view } = watch({ tty, source: `/${'long/'.repeat(20)}a.bin` })
  view.event({ type: 'started', uploadId: 'ID' })
  expect(shown.err).toContain(`Uploading ${name} to oss://bucket/dir/key\n`)
})

test('on a terminal messages are broken between words', () => {
  const { shown, view } = watch({ tty: true })
  view.event({ type: 'warning', code: 'X', message: 'word '.repeat(40).trim() })
  const lines = shown.err.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(2)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThan(80)
})

test('a stream whose end is not known is resumed at no share of it', () => {
  const { shown, view } = watch({ source: '-' })
  view.event({ type: 'resumed', uploadId: 'ID', bytes: 64 * mib, parts: 8 })
  expect(shown.err).toMatch(/^Resumed: 64 MiB not sent again\.$/m)
})

test('on a terminal the live view is below messages, and is removed before the summary', () => {
  const { terminal, screen, view } = onTerminal()
  view.progress(snapshot(10))
  screen.refresh()
  view.event({ type: 'resumed', uploadId: 'ID', bytes: 71 * mib, parts: 71 })
  const lines = terminal.text.split('\n')
  expect(lines.slice(0, 2)).toEqual([
    'Uploading a.bin (100 MiB) to oss://bucket/dir/key',
    'Resumed at 71 %: 71 MiB not sent again.',
  ])
  expect(lines[3]).toMatch(/^ {2}10 % {3}━/)
  view.done({ ...result, key: "dir/it's", retries: 2, resumed: { bytes: 71 * mib, parts: 9 } })
  screen.refresh()
  expect(terminal.text.split('\n').slice(2)).toEqual([
    "oss://bucket/dir/it's  100 MiB in 0 ms",
    'verified: CRC-64 123 at both ends, 104,857,600 bytes in 13 parts, 2 retries',
    'resumed: 71 MiB (71 %) of it not sent again',
    "fetch it: ossup download 'oss://bucket/dir/it'\\''s'",
  ])
  expect(terminal.cursorVisible).toBe(true)
})

test('an upload that is over before the first tick has no live view', () => {
  const { terminal, view } = onTerminal()
  view.progress(snapshot(100))
  view.done(result)
  expect(terminal.sent).not.toContain('\x1b[?25l')
})

test('as JSON, every line is an object and the snapshot has no functions', () => {
  const { shown, clock, view } = watch({ json: true })
  view.event({ type: 'started', uploadId: 'ID' })
  view.progress(snapshot(1))
  clock.ms = 500
  view.progress({ ...snapshot(2), bytesPerSecond: 34006038.1861599, remainingMs: 1234.5 })
  view.progress(snapshot(3))
  view.event({ type: 'warning', code: 'W', message: 'm' })
  view.done(result)
  const lines = shown.out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.map(({ v, type }) => `${v} ${type}`)).toEqual(
    ['begin', 'started', 'progress', 'warning', 'result'].map(type => `1 ${type}`),
  )
  expect(lines[2]).toMatchObject({ bytesPerSecond: 34006038, remainingMs: 1235 })
  expect(lines[2]).toMatchObject({ confirmedBytes: 2 * mib, totalBytes: 100 * mib })
  expect(lines.at(-1)).toEqual({ v: 1, type: 'result', ...result })
  expect(shown.err).toBe('')
})

test('quiet says nothing', () => {
  const { shown, view } = watch({ level: 'error' })
  view.progress(snapshot(50))
  view.event({ type: 'warning', code: 'W', message: 'm' })
  view.done(result)
  expect(shown).toEqual({ out: '', err: '' })
})

test('debug traces every event', () => {
  const { shown, view } = watch({ level: 'debug' })
  view.progress(snapshot(0))
  view.event({
    type: 'retry',
    operation: 'UploadPart',
    partNumber: 3,
    attempt: 2,
    attemptsMax: 8,
    delayMs: 5,
    code: 'STALLED',
    reason: 'r',
  })
  expect(shown.err).toContain(
    'debug: retry operation="UploadPart" partNumber=3 attempt=2 attemptsMax=8 delayMs=5 code="STALLED" reason="r"\n',
  )
})

test.each([
  [
    'confirmed parts',
    [snapshot(71)],
    'Stopped. 71 % is safe: run the same command again to continue.',
  ],
  [
    'a stream',
    [snapshot(71, { totalBytes: undefined })],
    'Stopped. 71 MiB is safe: run the same command again to continue.',
  ],
  ['none yet', [snapshot(0)], 'Stopped. To continue, run the same command again.'],
  ['no sign of life', [], 'Stopped. To continue, run the same command again.'],
])('a stop with %s says which bytes are safe', (_, snapshots, line) => {
  const { shown, view } = watch()
  for (const seen of snapshots) view.progress(seen)
  view.stopped()
  expect(shown.err.split('\n').at(-2)).toBe(line)
})

test('what was there before and what was not checked is said', () => {
  const { shown, view } = watch()
  view.done({ ...result, verified: 'none', resumed: { bytes: 30 * mib, parts: 4 } })
  expect(shown.out).toContain('resumed: 30 MiB (30 %) of it not sent again')
  expect(shown.out).toContain('OSS gave no CRC-64')
})

test('a failed callback is a warning', () => {
  const { shown, view } = watch()
  view.done({ ...result, callback: { ok: false, status: 203, body: '' } })
  expect(shown.err).toBe('ossup: warning: the object is stored, but its callback failed (203)\n')
})

test('while standard input is spooled, a log and --json tell how much of it is there', () => {
  const { shown, clock, view } = watch()
  view.event({ type: 'spooling', bytes: mib, isWhole: false })
  clock.ms = 10_000
  view.event({ type: 'spooling', bytes: 5 * mib, isWhole: false })
  view.event({ type: 'spooling', bytes: 6 * mib, isWhole: true })
  expect(shown.err.split('\n').slice(1)).toEqual([
    '5 MiB written to the spool file',
    '6 MiB written to the spool file, which is whole now.',
    '',
  ])
  const json = watch({ json: true })
  json.view.event({ type: 'spooling', bytes: mib, isWhole: true })
  expect(json.shown.out).toMatch(/"type":"spooling","bytes":1048576,"isWhole":true\}\n$/)
})

test('and so does the live view, until there is more to tell', () => {
  const view = new LiveUpload(
    { monotonic: () => 0, now: () => 0 },
    glyphsFor({ unicode: true, colour: true }),
  )
  const text = () =>
    view
      .frame({ columns: 80, rows: 10 })
      .flat()
      .map(span => span.text)
      .join('')
  expect(text()).toBe('')
  view.event({ type: 'spooling', bytes: 5 * mib, isWhole: false })
  expect(text()).toContain('5 MiB written to the spool file')
  view.progress(snapshot(1))
  expect(text()).not.toContain('spool')
})
