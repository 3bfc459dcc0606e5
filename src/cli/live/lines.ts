// Lines of a live view before they are painted. A span carries its meaning, not its look, so the same frame works
// with and without colours.

import { columnsOf } from './columns.ts'

/** What a span is about. Each tone has its own colour and also its own character or word. */
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
  // This is not bright black, because some themes use that colour for the background.
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

/** Joins as many groups as fit side by side. The last groups are left out first. */
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

/** Merges neighbouring spans of one tone, which sends fewer bytes to the terminal. */
function mergedByTone(line: Line): Span[] {
  const merged: Span[] = []
  for (const { text, tone } of line) {
    const last = merged.at(-1)
    if (last?.tone === tone) merged[merged.length - 1] = span(last.text + text, tone)
    else merged.push(span(text, tone))
  }
  return merged
}
