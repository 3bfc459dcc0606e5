// Lines of a live view before they are painted: what a span means, not how it looks, so that the same frame
// serves with colours and without.

import { columnsOf } from './columns.ts'

/** What a span is about. Each has a colour, and never only a colour. */
export type Tone = 'kept' | 'confirmed' | 'flying' | 'failed' | 'faint' | 'strong' | 'plain'

export interface Span {
  readonly text: string
  readonly tone: Tone
}

export type Line = readonly Span[]

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone }
}

const codes: Readonly<Record<Tone, string>> = {
  kept: '36',
  confirmed: '32',
  flying: '33',
  failed: '31',
  // Not bright black, which some themes make that of the background.
  faint: '2',
  strong: '1',
  plain: '',
}

export function paintLine(line: Line, colour: boolean): string {
  return mergedByTone(line)
    .map(({ text, tone }) =>
      colour && codes[tone] !== '' ? `\x1b[${codes[tone]}m${text}\x1b[0m` : text,
    )
    .join('')
    .trimEnd()
}

export function widthOf(line: Line): number {
  return columnsOf(line.map(({ text }) => text).join(''))
}

/** As many of the groups as fit side by side, the last ones left out first. */
export function fitting(groups: readonly Line[], columns: number, gap: number): Line {
  const space = span(' '.repeat(gap))
  const joined: Span[] = []
  for (const group of groups) {
    if (group.length === 0) continue
    const longer = joined.length === 0 ? group : [...joined, space, ...group]
    if (joined.length > 0 && widthOf(longer) > columns) break
    joined.splice(0, joined.length, ...longer)
  }
  return joined
}

/** Spans of one tone become one: fewer bytes for the terminal. */
function mergedByTone(line: Line): Span[] {
  const merged: Span[] = []
  for (const { text, tone } of line) {
    const last = merged.at(-1)
    if (last?.tone === tone) merged[merged.length - 1] = span(last.text + text, tone)
    else merged.push(span(text, tone))
  }
  return merged
}
