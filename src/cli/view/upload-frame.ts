// Draws the live view of one upload: turns its snapshot into lines that fit the terminal. Pure.

import type { ProgressSnapshot } from '../../runtimes/node/index.ts'
import { cutEnd } from '../live/columns.ts'
import type { Glyphs } from '../live/glyphs.ts'
import { fitting, type Line, span } from '../live/lines.ts'
import { formatShareSteady, formatSpeed, percentOf } from '../output/figures.ts'
import { barLine, type Shares } from './bar-line.ts'
import { type FrameSize, footLine, layOut, roomIn } from './frame-layout.ts'
import { cellsPerRow, legend, mapLines } from './map-lines.ts'
import { mapParts } from './part-map.ts'
import { counted } from './progress-line.ts'

/** The numbers as shown. They change less often than the map. */
export interface Figures {
  readonly confirmedBytes: number
  readonly bytesPerSecond: number | undefined
  readonly timeLeft: string | undefined
}

export interface UploadPicture {
  readonly snapshot: ProgressSnapshot
  readonly figures: Figures
  /** Text in place of the speed while nothing is being sent. */
  readonly instead: string | undefined
  /** The current problem, if any. */
  readonly trouble: string | undefined
}

const mapRowsMax = 8

export function uploadFrame(picture: UploadPicture, size: FrameSize, glyphs: Glyphs): Line[] {
  const room = roomIn(size)
  const { columns } = room
  const { snapshot, trouble } = picture
  const head = [headLine(picture, columns, glyphs), ...figureLines(picture, columns, glyphs)]
  const rows = Math.min(Math.floor(size.rows / 4), mapRowsMax)
  const map = rows > 0 ? mapAndLegend(snapshot, { columns, rows }, glyphs) : []
  const more = snapshot.retries === 0 ? '' : counted(snapshot.retries, 'retry', 'retries')
  const foot = footLine({ trouble, hints: hintsFor(snapshot), more }, columns, glyphs)
  return layOut([head, ...map, [foot]], room)
}

/** The percentage and the bar. A source of unknown size has neither. */
function headLine({ snapshot, figures }: UploadPicture, columns: number, glyphs: Glyphs): Line {
  const shares = sharesOf(snapshot)
  if (shares === undefined) return [span('end not known yet', 'faint')]
  // The percentage is calculated from the numbers shown below it, so that they agree.
  const isHeld = snapshot.phase !== 'verifying'
  const done = isHeld ? figures.confirmedBytes : shares.kept + shares.confirmed
  const percent = `${percentOf(done, shares.total)} %`.padEnd(7)
  return [span(percent, 'strong'), ...barLine(shares, columns - percent.length, glyphs)]
}

/** The shares of the bar. While kept parts are read again and compared, the bar shows how far that is. */
function sharesOf(snapshot: ProgressSnapshot): Shares | undefined {
  const { totalBytes, confirmedBytes, resumedBytes, inFlightBytes } = snapshot
  const { phase, verifiedBytes = 0, bytesToVerify } = snapshot
  if (phase === 'verifying' && bytesToVerify !== undefined) {
    return { total: bytesToVerify, kept: verifiedBytes, confirmed: 0, flying: 0 }
  }
  if (totalBytes === undefined) return undefined
  return {
    total: totalBytes,
    kept: resumedBytes,
    confirmed: confirmedBytes - resumedBytes,
    flying: inFlightBytes,
  }
}

/** One line if it fits; otherwise one line for the amounts and one for speed and time. */
function figureLines(
  { snapshot, figures, instead }: UploadPicture,
  columns: number,
  glyphs: Glyphs,
): Line[] {
  const { phase, totalBytes } = snapshot
  // Before sending starts, it is not known yet how much is confirmed.
  const isKnown = phase !== 'preparing' && phase !== 'verifying'
  const much = isKnown ? formatShareSteady(figures.confirmedBytes, totalBytes) : ''
  const isNarrow = columns < 50
  const [gap, taken] = isNarrow ? [2, 0] : [3, much === '' ? 0 : much.length + 3]
  const { timeLeft = '' } = figures
  const left = columns < 30 ? timeLeft.replace('about ', '') : timeLeft
  const rest: Line[] =
    instead === undefined
      ? [[span(formatSpeed(figures.bytesPerSecond))], [span(left)]]
      : [[span(shortened(instead, columns - taken, glyphs), 'flying')]]
  const first: Line = much === '' ? [] : [span(much)]
  if (isNarrow) return [...(much === '' ? [] : [first]), fitting(rest, columns, gap)]
  return [fitting([first, ...rest], columns, gap)]
}

/** The whole text if it fits; otherwise the part before the first comma, shortened to fit. */
function shortened(text: string, columns: number, glyphs: Glyphs): string {
  const [first = ''] = text.split(', ')
  return cutEnd(text.length > columns ? first : text, columns, glyphs.cut)
}

function mapAndLegend(
  snapshot: ProgressSnapshot,
  room: { readonly columns: number; readonly rows: number },
  glyphs: Glyphs,
): Line[][] {
  const parts = snapshot.parts()
  const cellsRoom = { columns: cellsPerRow(room.columns), rows: room.rows }
  const map = mapParts(parts, snapshot.totalBytes, cellsRoom)
  if (map.cells.length === 0) return []
  return [mapLines(map, room.columns, glyphs), [legend(map, room.columns, glyphs)]]
}

/** The hint shown while nothing is wrong, in several lengths. */
function hintsFor({ phase, totalBytes, partsTotal }: ProgressSnapshot): readonly string[] {
  // A small file is sent in one request, so there is nothing to resume.
  if (phase === 'sending' && partsTotal === undefined) return []
  const how =
    totalBytes === undefined ? 'offered again, it continues' : 'the same command continues'
  return [`safe to stop: ${how}`, 'safe to stop']
}
