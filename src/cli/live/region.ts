// Some lines at the bottom of a terminal that are drawn again in place, while messages appear above them. The lines
// never wrap. They are drawn only while the process is in the foreground. However the process ends, it shows the
// cursor again.

import { columnsOf } from './columns.ts'
import { isTerminalOurs } from './foreground.ts'
import type { Output } from './terminal.ts'

/** The events of the process that this module listens to. */
export interface ProcessEvents {
  on(event: 'exit' | 'SIGTSTP', listener: () => void): unknown
  off(event: 'exit' | 'SIGTSTP', listener: () => void): unknown
  kill(pid: number, signal: 'SIGSTOP'): unknown
  readonly pid: number
}

/**
 * Terminals with synchronised output show everything between these two sequences at once. Other terminals
 * ignore them.
 */
const [together, togetherEnd] = ['\x1b[?2026h', '\x1b[?2026l']
/**
 * Between these two sequences, the terminal cuts off a line that is too long instead of wrapping it. Lines
 * are too long for a moment after a resize.
 */
const [noWrap, wrapAgain] = ['\x1b[?7l', '\x1b[?7h']
const [hideCursor, showCursor] = ['\x1b[?25l', '\x1b[?25h']
const [eraseLine, eraseBelow] = ['\x1b[K', '\x1b[J']

export class LiveRegion {
  readonly #output: Output
  readonly #process: ProcessEvents
  readonly #isOurs: () => boolean
  /** The lines as they are on the terminal. The cursor is at the start of the last one. */
  #drawn: readonly string[] = []
  #drawnColumns = 0
  #cursorHidden = false

  /** @param isOurs true while the process is in the foreground; otherwise nothing is drawn */
  constructor(
    output: Output,
    events: ProcessEvents = process,
    isOurs: () => boolean = isTerminalOurs,
  ) {
    this.#output = output
    this.#process = events
    this.#isOurs = isOurs
  }

  /**
   * The columns that a line may fill, and the rows of the terminal. A terminal that does not know its size
   * reports 0.
   */
  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: (this.#output.columns || 80) - 1, rows: this.#output.rows || 24 }
  }

  /** Draws the lines in place of the earlier ones, as many as the terminal has room for. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, Math.max(1, this.size.rows - 1))
    const isResized = this.#drawnColumns !== this.size.columns
    if (!isResized && sameLines(shown, this.#drawn)) return
    if (!this.#isOurs()) {
      this.#leave()
      return
    }
    const hide = this.#cursorHidden ? '' : hideCursor
    this.#watch(true)
    this.#output.write(together + hide + noWrap + this.#replaced(shown) + wrapAgain + togetherEnd)
  }

  /** Writes lines of text above the region. */
  above(text: string): void {
    if (this.#drawn.length > 0 && !this.#isOurs()) this.#leave()
    const lines = this.#drawn
    if (lines.length === 0) {
      this.#output.write(`${text}\n`)
      return
    }
    const written = text.replaceAll('\n', `${eraseLine}\n`)
    const begin = `${together}${this.#up()}${written}${eraseLine}\n${noWrap}`
    this.#drawn = []
    this.#output.write(`${begin}${this.#replaced(lines)}${wrapAgain}${togetherEnd}`)
  }

  /** Removes the region, so that others can write to the terminal. */
  clear(): void {
    if (!this.#cursorHidden) return
    if (!this.#isOurs()) {
      this.#leave()
      return
    }
    const rows = this.#rowsOf(this.#drawn)
    // Lines are erased one by one. tmux moves rows that are erased all at once from the top of the screen into its
    // history.
    const erased = Array(rows).fill(eraseLine).join('\r\n')
    const back = rows > 1 ? `\x1b[${rows - 1}A` : ''
    this.#output.write(`${together}${this.#up()}${erased}\r${back}${showCursor}${togetherEnd}`)
    this.#drawn = []
    this.#watch(false)
  }

  /**
   * Leaves the drawn lines on the terminal and shows the cursor, because another program uses the terminal
   * now.
   */
  #leave(): void {
    if (!this.#cursorHidden) return
    this.#output.write(showCursor)
    this.#drawn = []
    this.#watch(false)
  }

  /** The bytes that replace the drawn lines. Lines that did not change are not sent again. */
  #replaced(lines: readonly string[]): string {
    const begin = this.#up()
    const isResized = this.#drawnColumns !== this.size.columns
    const before = isResized ? [] : this.#drawn
    const changed = lines.map((line, index) => (line === before[index] ? '' : line + eraseLine))
    this.#drawn = lines
    this.#drawnColumns = this.size.columns
    if (before.length === lines.length) return `${begin}${changed.join('\r\n')}\r`
    // The last written line leaves the cursor at its end, so the rows below it can be erased from there.
    return `${begin}${[...changed.slice(0, -1), lines.at(-1)].join('\r\n')}${eraseBelow}\r`
  }

  /** The bytes that move the cursor to the first drawn line. */
  #up(): string {
    const rows = this.#rowsOf(this.#drawn.slice(0, -1))
    return rows > 0 ? `\r\x1b[${rows}A` : ''
  }

  /** The rows that the lines take now: a terminal that became narrower has wrapped them. */
  #rowsOf(lines: readonly string[]): number {
    const columns = this.size.columns + 1
    return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / columns)), 0)
  }

  #watch(hidden: boolean): void {
    if (hidden === this.#cursorHidden) return
    this.#cursorHidden = hidden
    const change = hidden ? 'on' : 'off'
    this.#process[change]('exit', this.#onExit)
    this.#process[change]('SIGTSTP', this.#onSuspend)
  }

  readonly #onExit = () => {
    this.#output.write(`\r\n${showCursor}`)
  }

  /** On Ctrl-Z, the shell gets a clean terminal. The next frame is drawn below the shell's output. */
  readonly #onSuspend = () => {
    this.clear()
    this.#process.kill(this.#process.pid, 'SIGSTOP')
  }
}

function sameLines(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((line, index) => line === others[index])
}
