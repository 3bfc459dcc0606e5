// Formats a finding: its summary, and below it the hints. Each state has its own mark, so it is clear without colour.

import { printable } from '../output/printable.ts'
import type { Screen } from '../output/screen.ts'
import { wrap } from '../output/wrap.ts'
import type { CheckState } from './check.ts'
import type { Named } from './examine.ts'

const marks = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✗', 'red'],
  skipped: ['-', undefined],
} as const satisfies Record<CheckState, unknown>

/** Columns for the longest name of a check and two spaces. */
const nameWidth = 13
/** Columns for the mark and the space after it. */
const markWidth = 2
/** Placed before each hint. */
const arrow = '→ '
const inset = ' '.repeat(arrow.length)
/** Maximum line width. Longer lines are hard to read, also when a user pastes the report into an email. */
const widthMax = 100

export interface TextOptions {
  readonly columns: number
  readonly paint: Screen['paint']
}

export function findingText(
  { check, state, summary, hints = [] }: Named,
  { columns, paint }: TextOptions,
): string {
  const width = Math.min(columns, widthMax)
  const indent = ' '.repeat(markWidth + nameWidth)
  const lines = [
    wrap(indent + oneLine(summary), width),
    ...hints.map(text => indent + arrow + wrap(indent + inset + oneLine(text), width).trimStart()),
  ]
  const [mark, colour] = marks[state]
  const name = check.padEnd(nameWidth)
  const [first = '', ...others] = lines
  const painted = colour === undefined ? mark : paint(colour, mark)
  return [`${painted} ${name}${first.slice(indent.length)}`, ...others].join('\n')
}

function oneLine(text: string): string {
  return printable(text.replaceAll('\n', ' '))
}
