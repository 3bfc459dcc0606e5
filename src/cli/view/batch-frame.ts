// Draws the live view of many files: the totals, and the files in progress. Pure.

import type { ActiveFile, BatchSnapshot } from '../../runtimes/node/index.ts'
import { columnsOf, cutMiddle } from '../live/columns.ts'
import type { Glyphs } from '../live/glyphs.ts'
import { fitting, type Line, span } from '../live/lines.ts'
import { formatCount, formatShareSteady, formatSpeed, percentOf } from '../output/figures.ts'
import { printableLine } from '../output/printable.ts'
import { barLine } from './bar-line.ts'
import { type FrameSize, footLine, layOut, type Room, roomIn } from './frame-layout.ts'

export interface BatchPicture {
  readonly snapshot: BatchSnapshot
  readonly bytesPerSecond: number | undefined
  readonly timeLeft: string | undefined
  /** Text in place of speed and remaining time while nothing is being sent. */
  readonly instead: string | undefined
  /** The current problem, if any. */
  readonly trouble: string | undefined
  /** The file of each row. */
  readonly files: readonly (ActiveFile | undefined)[]
}

export function batchFrame(picture: BatchPicture, size: FrameSize, glyphs: Glyphs): Line[] {
  const room = roomIn(size)
  const { columns } = room
  const head = [headLine(picture, room, glyphs), ...figureLines(picture, columns)]
  const files = picture.files.map(file => fileLine(file, columns, glyphs))
  const hints = ['safe to stop: the same command continues', 'safe to stop']
  const foot = [
    countLine(picture, columns, glyphs),
    footLine({ trouble: picture.trouble, hints }, columns, glyphs),
  ]
  return layOut([head, files, foot], room)
}

/** The number of rows for files in progress. */
export function fileRows({ rows }: FrameSize): number {
  return Math.max(1, Math.min(8, Math.floor(rows / 4)))
}

/**
 * Shows the percentage and the bar only once all files are found: before that, the total grows and both would
 * fall.
 */
function headLine({ snapshot }: BatchPicture, { columns }: Room, glyphs: Glyphs): Line {
  const { isWalked, filesFound, bytesFound, confirmedBytes, unchangedBytes } = snapshot
  if (!isWalked) return [span(`${formatCount(filesFound)} files found so far`, 'faint')]
  const flying = snapshot
    .active()
    .reduce((sum, file) => sum + (file.snapshot?.inFlightBytes ?? 0), 0)
  const shares = { total: bytesFound, kept: unchangedBytes, confirmed: confirmedBytes, flying }
  const percent = `${percentOf(unchangedBytes + confirmedBytes, bytesFound)} %`.padEnd(7)
  return [span(percent, 'strong'), ...barLine(shares, columns - percent.length, glyphs)]
}

function figureLines({ snapshot, ...figures }: BatchPicture, columns: number): Line[] {
  const { filesFound, bytesFound, uploaded, unchanged, planned, failed } = snapshot
  const total = formatCount(filesFound)
  const done = formatCount(uploaded + unchanged + planned + failed)
  const there = snapshot.confirmedBytes + snapshot.unchangedBytes
  // While the folder is still being walked, the total is not known, so no share of it is shown.
  const { isWalked } = snapshot
  const files = [
    span(isWalked ? `${done.padStart(total.length)} of ${total} files` : `${done} files`),
  ]
  const bytes = [span(formatShareSteady(there, isWalked ? bytesFound : undefined))]
  const pace: Line[] =
    figures.instead === undefined
      ? [[span(formatSpeed(figures.bytesPerSecond))], [span(figures.timeLeft ?? '')]]
      : [[span(figures.instead, 'flying')]]
  if (columns >= 50) return [fitting([files, bytes, ...pace], columns, 3)]
  return [fitting([files, bytes], columns, 2), fitting(pace, columns, 2)]
}

/** A file's name, a small bar and its percentage. A row without a file stays empty. */
function fileLine(file: ActiveFile | undefined, columns: number, glyphs: Glyphs): Line {
  if (file === undefined) return [span('')]
  const { path, size, snapshot } = file
  const confirmed = snapshot?.confirmedBytes ?? 0
  const percent = `${percentOf(confirmed, size)} %`.padStart(5)
  const bar = columns < 50 ? 0 : Math.min(30, Math.floor(columns / 4))
  const names = columns - percent.length - 2 - (bar > 0 ? bar + 2 : 0)
  const name = cutMiddle(printableLine(path), names, glyphs.cut)
  const kept = snapshot?.resumedBytes ?? 0
  const shares = {
    total: size,
    kept,
    confirmed: confirmed - kept,
    flying: snapshot?.inFlightBytes ?? 0,
  }
  const middle = bar > 0 ? [span('  '), ...barLine(shares, bar, glyphs)] : []
  return [span(padded(name, names)), ...middle, span(`  ${percent}`)]
}

/** Counts of files by outcome, other than uploaded. */
function countLine({ snapshot }: BatchPicture, columns: number, glyphs: Glyphs): Line {
  const { failed, postponed, unchanged, skipped, retries, active } = snapshot
  const count = (number: number, words: string): Line =>
    number > 0 ? [span(`${formatCount(number)} ${words}`, 'faint')] : []
  const failures: Line =
    failed > 0 ? [span(`${glyphs.failed} `, 'failed'), span(`${formatCount(failed)} failed`)] : []
  return fitting(
    [
      failures,
      count(postponed, 'to try again'),
      count(active().length, 'under way'),
      count(unchanged, 'unchanged'),
      count(skipped, 'skipped'),
      count(retries, retries === 1 ? 'retry' : 'retries'),
    ],
    columns,
    3,
  )
}

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)))
}
