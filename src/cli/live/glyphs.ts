// The characters that views are drawn with. Block elements where they are shown: terminals draw those
// themselves, whatever the font is. What stands for different things differs in its character, too.

import type { Terminal } from './terminal.ts'

export interface Glyphs {
  readonly kept: string
  readonly confirmed: string
  readonly failed: string
  readonly waiting: string
  /** A part that is on the way, from the emptiest to the fullest. */
  readonly filling: readonly string[]
  readonly bar: {
    readonly kept: string
    readonly confirmed: string
    readonly flying: string
    readonly rest: string
  }
  /** For what was cut off a text. */
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
