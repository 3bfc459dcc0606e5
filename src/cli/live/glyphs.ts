// The characters that the views draw with. Most are block elements, because terminals draw those themselves,
// independently of the font. Different things have different characters, so that colours are never needed to tell them
// apart.

import type { Terminal } from './terminal.ts'

export interface Glyphs {
  readonly kept: string
  readonly confirmed: string
  readonly failed: string
  readonly waiting: string
  /** A part in flight, from empty to full. */
  readonly filling: readonly string[]
  readonly bar: {
    readonly kept: string
    readonly confirmed: string
    readonly flying: string
    readonly rest: string
  }
  /** Replaces the missing part of a shortened string. */
  readonly cut: string
}

const coloured: Glyphs = {
  kept: '▄',
  confirmed: '▆',
  failed: '×',
  waiting: '▁',
  filling: ['▂', '▃', '▅'],
  bar: { kept: '━', confirmed: '━', flying: '╍', rest: '─' },
  cut: '…',
}

/** Without colours, blocks of different heights look too similar. */
const colourless: Glyphs = {
  ...coloured,
  kept: '▒',
  waiting: '·',
  bar: { kept: '═', confirmed: '━', flying: '╍', rest: '─' },
}

const ascii: Glyphs = {
  kept: '=',
  confirmed: '#',
  failed: 'x',
  waiting: '.',
  filling: ['-', '+', '*'],
  bar: { kept: '=', confirmed: '#', flying: '>', rest: '-' },
  cut: '...',
}

export function glyphsFor({ unicode, colour }: Pick<Terminal, 'unicode' | 'colour'>): Glyphs {
  if (!unicode) return ascii
  return colour ? coloured : colourless
}
