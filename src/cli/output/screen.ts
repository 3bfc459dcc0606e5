// Where a command's output goes. Results go to standard output and messages to standard error, so that `ossup ls |
// sort` and `ossup upload … > log` work as expected. With `--json`, standard output carries one JSON object per
// line and nothing else.

import { isError, messageOf } from '../../foreign/error.ts'
import { type Glyphs, glyphsFor } from '../live/glyphs.ts'
import { type Line, paintLine } from '../live/lines.ts'
import { LiveRegion, type ProcessEvents } from '../live/region.ts'
import { type Output, terminalOf } from '../live/terminal.ts'
import { wholeNumbers } from './figures.ts'
import { wrap } from './wrap.ts'

export type { Output } from '../live/terminal.ts'

/** The log levels. Each level includes the messages of the levels before it. */
export const levels = ['error', 'warn', 'info', 'debug'] as const
export type Level = (typeof levels)[number]

export interface ScreenOptions {
  readonly json: boolean
  readonly level: Level
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether messages may name a command to type next. @default true */
  readonly suggests?: boolean
  /** Calls `tick` repeatedly until the returned function is called. */
  readonly ticker?: (tick: () => void) => () => void
  readonly events?: ProcessEvents
}

/** Draws the live view as it is now. */
export type Compose = (size: { readonly columns: number; readonly rows: number }) => readonly Line[]

/** Often enough to show parts filling, and seldom enough to use almost no CPU time. */
const drawnEveryMs = 125

function everyMoment(tick: () => void): () => void {
  const timer = setInterval(tick, drawnEveryMs).unref()
  return () => clearInterval(timer)
}

/** Version of the JSON lines; see docs/guide/json-output.md. */
export const jsonVersion = 1

export class Screen {
  readonly json: boolean
  /** True if lines can be drawn again in place. */
  readonly live: boolean
  readonly glyphs: Glyphs
  readonly stdout: Output
  readonly suggests: boolean
  readonly #region: LiveRegion
  readonly #ticker: (tick: () => void) => () => void
  readonly #level: number
  readonly #colour: boolean
  readonly #wraps: boolean
  #compose: Compose | undefined
  #stopTicking = () => {}

  constructor(options: ScreenOptions) {
    const { json, level, stdout, stderr, env, suggests = true } = options
    const { ticker = everyMoment, events } = options
    const terminal = terminalOf(stderr, env)
    this.json = json
    this.#level = levels.indexOf(level)
    this.live = terminal.redraws && !json && this.says('info')
    this.glyphs = glyphsFor(terminal)
    this.#wraps = stderr.isTTY === true
    this.#colour = terminal.colour
    this.stdout = stdout
    this.suggests = suggests
    this.#region = new LiveRegion(stderr, events)
    this.#ticker = ticker
  }

  /**
   * True once the reader has closed standard output, as after `ossup ls | head`. A long listing can stop
   * then.
   */
  get isUnheard(): boolean {
    return this.stdout.isUnheard === true
  }

  says(level: Level): boolean {
    return levels.indexOf(level) <= this.#level
  }

  /** Prints one line of the result, as text or as JSON. `type` names the JSON line. */
  result(type: string, data: object, text: string): void {
    this.clear()
    this.stdout.write(this.json ? jsonLine(type, data) : `${text}\n`)
  }

  /**
   * Prints the last line of a successful command. It is always printed as JSON; as text only where notes are
   * shown.
   */
  outcome(data: object, text?: string): void {
    this.report('result', data, text)
  }

  /**
   * Prints a line about something the command did. It is always printed as JSON; as text only where notes are
   * shown. On a terminal the text is wrapped between words, since only people read it.
   */
  report(type: string, data: object, text?: string): void {
    if (this.json) this.result(type, data, '')
    else if (text !== undefined && this.says('info')) this.result(type, data, this.fitted(text))
  }

  /** Wraps text for standard output between words, if standard output is a terminal. */
  fitted(text: string): string {
    const { isTTY, columns } = this.stdout
    return isTTY && columns ? wrap(text, columns) : text
  }

  /** Prints a JSON line about progress, with numbers rounded to integers. Prints nothing as text. */
  event(type: string, data: object): void {
    if (this.json && this.says('info')) this.result(type, wholeNumbers(data), '')
  }

  /** Prints a line of text about progress. Prints nothing as JSON. */
  note(text: string): void {
    if (!this.json && this.says('info')) this.error(text)
  }

  /** Prints a warning: the command continues. */
  warn(text: string): void {
    if (this.says('warn')) this.error(`ossup: ${this.paint('yellow', 'warning:')} ${text}`)
  }

  /** Prints stacks and traces, which are not wrapped. */
  debug(text: string): void {
    if (this.says('debug')) this.#say(text)
  }

  /** Prints a line on standard error at every level. On a terminal it is wrapped between words. */
  error(text: string): void {
    this.#say(this.#wraps ? wrap(text, this.width) : text)
  }

  /** Messages are printed above the live view. */
  #say(text: string): void {
    this.#region.above(text)
  }

  /** Draws a progress line in place of the earlier one. Does nothing unless `live`. */
  draw(line: string): void {
    this.#region.draw([line])
  }

  /**
   * Removes the drawn lines, so that another program can write to the terminal. A live view is drawn again
   * later.
   */
  clear(): void {
    this.#region.clear()
  }

  /**
   * Shows a live view and keeps it up to date until `hide`. Does nothing unless `live`. The view appears at
   * the first tick, so a short run does not flash.
   */
  show(compose: Compose): void {
    this.#compose = compose
    this.#stopTicking()
    this.#stopTicking = this.#ticker(() => this.refresh())
  }

  /** Draws the live view now. */
  refresh(): void {
    try {
      const lines = this.#compose?.(this.#region.size)
      if (lines !== undefined && lines.length > 0)
        this.#region.draw(lines.map(line => paintLine(line, this.#colour)))
    } catch (error) {
      // A fault of the view must not stop the upload.
      this.hide()
      this.debug(isError(error) ? (error.stack ?? error.message) : messageOf(error))
    }
  }

  /** Removes the live view. */
  hide(): void {
    this.#stopTicking()
    this.#compose = undefined
    this.#region.clear()
  }

  /** The columns that a line may fill without wrapping. */
  get width(): number {
    return this.#region.size.columns
  }

  paint(colour: keyof typeof colours, text: string): string {
    return this.#colour ? `\x1b[${colours[colour]}m${text}\x1b[0m` : text
  }
}

const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const

function jsonLine(type: string, data: object): string {
  return `${JSON.stringify({ v: jsonVersion, type, ...data })}\n`
}
