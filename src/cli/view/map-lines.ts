// Draws the map of parts and the legend below it.

import type { Glyphs } from '../live/glyphs.ts'
import { fitting, type Line, type Span, span, widthOf } from '../live/lines.ts'
import { formatBytes } from '../output/figures.ts'
import type { Cell, PartMap } from './part-map.ts'

/** Two columns are about as wide as one row is high. */
const cellWidth = (columns: number) => (columns < 50 ? 1 : 2)

/** How many cells fit side by side, with a gap after each. */
export function cellsPerRow(columns: number): number {
  return Math.max(1, Math.floor((columns + 1) / (cellWidth(columns) + 1)))
}

export function mapLines({ cells }: PartMap, columns: number, glyphs: Glyphs): Line[] {
  const perRow = cellsPerRow(columns)
  const lines: Line[] = []
  for (let at = 0; at < cells.length; at += perRow) {
    const row = cells.slice(at, at + perRow)
    lines.push(
      row.map((cell, index) => {
        const { text, tone } = cellSpan(cell, glyphs)
        const gap = index < row.length - 1 ? ' ' : ''
        return span(text.repeat(cellWidth(columns)) + gap, tone)
      }),
    )
  }
  return lines
}

function cellSpan({ kind, fill }: Cell, glyphs: Glyphs): Span {
  switch (kind) {
    case 'waiting':
      return span(glyphs.waiting, 'faint')
    case 'failed':
      return span(glyphs.failed, 'failed')
    case 'flying':
      return span(filled(fill, glyphs), 'flying')
    default:
      // Some parts of this group are confirmed, and none is in flight.
      return span(fill < 1 ? filled(fill, glyphs) : glyphs[kind], kind)
  }
}

function filled(fill: number, { filling }: Glyphs): string {
  const step = Math.min(filling.length - 1, Math.floor(fill * filling.length))
  return filling[step] ?? ''
}

/** The legend: what each character means and how many cells show it, with words where there is room. */
export function legend({ cells, cellSize }: PartMap, columns: number, glyphs: Glyphs): Line {
  const items = legendItems(cells, glyphs)
  const worded = items.map(({ mark, count, word }) => [mark, span(`${count} ${word}`, 'faint')])
  const size = [span(`a cell: ${formatBytes(cellSize)}`, 'faint')]
  for (const gap of [3, 2]) {
    const all = fitting(worded, Number.POSITIVE_INFINITY, gap)
    if (widthOf(all) <= columns) return fitting([...worded, size], columns, gap)
  }
  const bare = items.map(({ mark, count }) => [mark, span(count, 'faint')])
  return fitting(bare, columns, 2)
}

function legendItems(cells: readonly Cell[], glyphs: Glyphs) {
  const counts = { kept: 0, confirmed: 0, flying: 0, waiting: 0, failed: 0 }
  for (const { kind } of cells) counts[kind]++
  // The numbers are padded to the largest possible width, so that the text after them does not move.
  const widest = String(cells.length).length
  const item = (mark: Span, count: number, word: string) => ({
    mark,
    count: ` ${String(count).padStart(widest)}`,
    word,
  })
  return [
    ...(counts.kept > 0 ? [item(span(glyphs.kept, 'kept'), counts.kept, 'earlier')] : []),
    item(span(glyphs.confirmed, 'confirmed'), counts.confirmed, 'confirmed'),
    item(span(glyphs.filling.at(-1) ?? '', 'flying'), counts.flying, 'in flight'),
    item(span(glyphs.waiting, 'faint'), counts.waiting, 'waiting'),
    ...(counts.failed > 0 ? [item(span(glyphs.failed, 'failed'), counts.failed, 'again')] : []),
  ]
}
