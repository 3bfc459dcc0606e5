// Measures how much room a terminal gives a live view, and lays out blocks of lines in it.

import { cutEnd } from '../live/columns.ts'
import type { Glyphs } from '../live/glyphs.ts'
import { fitting, type Line, span } from '../live/lines.ts'

export interface FrameSize {
  readonly columns: number
  readonly rows: number
}

export interface Room {
  /** Columns without the margins. */
  readonly columns: number
  readonly margin: number
  /** True if there is room for an empty line between blocks. */
  readonly isRoomy: boolean
}

/** Longer lines are hard to read. */
const columnsMax = 120

export function roomIn(size: FrameSize): Room {
  const margin = size.columns >= 60 ? 2 : size.columns >= 30 ? 1 : 0
  const columns = Math.min(size.columns - 2 * margin, columnsMax)
  return { columns, margin, isRoomy: size.rows >= 16 && columns >= 50 }
}

export function layOut(blocks: readonly (readonly Line[])[], { margin, isRoomy }: Room): Line[] {
  const indent = span(' '.repeat(margin))
  return blocks
    .filter(block => block.length > 0)
    .flatMap(block => (isRoomy ? [[], ...block] : block))
    .map(line => (line.length === 0 ? line : [indent, ...line]))
}

/**
 * The last line: the current problem, or a hint if there is no problem.
 * @param hints the same hint in several lengths, the longest first
 */
export function footLine(
  {
    trouble,
    hints,
    more = '',
  }: { trouble: string | undefined; hints: readonly string[]; more?: string },
  columns: number,
  glyphs: Glyphs,
): Line {
  if (trouble !== undefined) {
    return [span(`${glyphs.failed} `, 'failed'), span(cutEnd(trouble, columns - 2, glyphs.cut))]
  }
  const fits = hints.find(text => text.length <= columns) ?? ''
  const words = [fits, more].filter(text => text !== '').map(text => [span(text, 'faint')])
  return fitting(words, columns, 3)
}
