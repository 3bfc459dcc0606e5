// The characters of the views: block elements where possible, since terminals draw those themselves, independent of
// the font. Different things have different characters, not only different colours.

import type { Terminal } from './terminal.ts'

export interface Glyphs {
  readonly kept: string
  readonly confirmed: string
  readonly failed: string
  readonly waiting: string
  /** A part in flight, from the emptiest to the fullest. */
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

/** Without colours, heights alone are too much alike. */
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
