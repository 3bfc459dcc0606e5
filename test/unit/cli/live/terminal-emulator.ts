// As much of a terminal as the command uses, to see what a person would see. A sequence that it does not
// know is an error, so every sequence that we send is deliberate.

import { columnsOf } from '../../../../src/cli/live/columns.ts'

interface Cell {
  readonly character: string
  readonly look: string
}

export class TerminalEmulator {
  readonly isTTY = true
  columns: number
  rows: number
  cursorVisible = true
  /** What was sent. */
  sent = ''
  #lines: Cell[][] = [[]]
  #row = 0
  #column = 0
  #wraps = true
  #look = ''

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
  }

  write(data: string | Uint8Array): boolean {
    const text = String(data)
    this.sent += text
    const pattern = /\x1b\[(\?)?([\d;]*)([A-Za-z])|([\s\S])/gu
    for (const [whole, isPrivate, numbers = '', command = '', character] of text.matchAll(
      pattern,
    )) {
      if (character !== undefined) this.#put(character)
      else if (isPrivate !== undefined) this.#switch(numbers, command === 'h')
      else this.#command(numbers, command, whole)
    }
    return true
  }

  /** As most terminals do it: lines that do not fit any more go on in the next row. */
  resize(columns: number): void {
    this.columns = columns
    const before = this.#lines.slice(0, this.#row)
    const wrapped = (lines: Cell[][]) =>
      lines.flatMap(line =>
        Array.from({ length: Math.max(1, Math.ceil(line.length / columns)) }, (_, part) =>
          line.slice(part * columns, (part + 1) * columns),
        ),
      )
    this.#lines = wrapped(this.#lines)
    this.#row = wrapped(before).length
  }

  /** Everything that was ever shown and not drawn over, without spaces at the ends of lines. */
  get text(): string {
    return this.#draw(({ character }) => character)
  }

  /** In place of each character that has one, the first letter of its look. */
  get looks(): string {
    return this.#draw(({ character, look }) => (character.trim() === '' ? ' ' : look || ' '))
  }

  #draw(show: (cell: Cell) => string): string {
    const lines = this.#lines.map(line =>
      Array.from(line, cell => show(cell))
        .join('')
        .trimEnd(),
    )
    return lines.join('\n').replace(/\n+$/, '')
  }

  #put(character: string): void {
    if (character === '\n') {
      // As the system's terminal driver has it.
      this.#column = 0
      this.#row++
      this.#lines[this.#row] ??= []
      return
    }
    if (character === '\r') {
      this.#column = 0
      return
    }
    if (character < ' ') throw new Error(`control character ${JSON.stringify(character)}`)
    const wide = columnsOf(character)
    if (this.#column + wide > this.columns) {
      if (!this.#wraps) throw new Error('a line that must not wrap is too long')
      this.#put('\n')
    }
    const line = this.#lines[this.#row]!
    while (line.length < this.#column) line.push({ character: ' ', look: '' })
    line[this.#column] = { character, look: this.#look }
    for (let more = 1; more < wide; more++) line[this.#column + more] = { character: '', look: '' }
    this.#column += wide
  }

  /** The first row that is on the screen. */
  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows)
  }

  #cutLine(): void {
    this.#lines[this.#row]!.splice(this.#column)
  }

  #switch(mode: string, on: boolean): void {
    if (mode === '25') this.cursorVisible = on
    else if (mode === '7') this.#wraps = on
    else if (mode !== '2026') throw new Error(`mode ${mode}`)
  }

  #command(numbers: string, command: string, whole: string): void {
    if (command === 'm') this.#look = looks[numbers] ?? fail(whole)
    else if (command === 'K' && numbers === '') this.#cutLine()
    else if (command === 'J' && numbers === '') {
      if (this.#row === this.#top && this.#column === 0 && this.#lines.length > 1) {
        throw new Error('tmux would add rows that are erased from the top to its history')
      }
      this.#cutLine()
      this.#lines.length = this.#row + 1
    } else if (command === 'A') {
      this.#row -= Number(numbers || 1)
      if (this.#row < this.#top) throw new Error('the cursor cannot leave the screen')
    } else fail(whole)
  }
}

const looks: Readonly<Record<string, string>> = {
  '0': '',
  '1': 'b',
  '2': 'f',
  '31': 'r',
  '32': 'g',
  '33': 'y',
  '36': 'c',
}

function fail(what: string): never {
  throw new Error(`unknown to the terminal: ${JSON.stringify(what)}`)
}
