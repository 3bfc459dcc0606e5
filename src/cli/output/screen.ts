// Where a command's output goes. Results go to standard output, and messages to standard error, so that
// `ossup ls | sort` and `ossup upload … > log` work as expected. With
// `--json`, standard output carries one JSON object a line and nothing else.

import { isError, messageOf } from '../../foreign/error.ts'
import { type Glyphs, glyphsFor } from '../live/glyphs.ts'
import { type Line, paintLine } from '../live/lines.ts'
import { LiveRegion, type ProcessEvents } from '../live/region.ts'
import { type Output, terminalOf } from '../live/terminal.ts'
import { wholeNumbers } from './figures.ts'
import { wrap } from './wrap.ts'

export type { Output } from '../live/terminal.ts'

/** How much is said: each level says what those before it say, too. */
export const levels = ['error', 'warn', 'info', 'debug'] as const
export type Level = (typeof levels)[number]

export interface ScreenOptions {
  readonly json: boolean
  readonly level: Level
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a command is named that could be typed next. @default true */
  readonly suggests?: boolean
  /** Calls `tick` again and again until the function it returns is called. */
  readonly ticker?: (tick: () => void) => () => void
  readonly events?: ProcessEvents
}

/** Draws the live view as it is now. */
export type Compose = (size: { readonly columns: number; readonly rows: number }) => readonly Line[]

/** Often enough for parts to be seen filling, seldom enough to cost nothing. */
const drawnEveryMs = 125

function everyMoment(tick: () => void): () => void {
  const timer = setInterval(tick, drawnEveryMs).unref()
  return () => clearInterval(timer)
}

/** Version of the JSON lines; see docs/guide/json-output.md. */
export const jsonVersion = 1

export class Screen {
  readonly json: boolean
  /** Lines can be drawn again in their place. */
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

  /** The reader has left, as after `ossup ls | head`: a long list can stop. */
  get isUnheard(): boolean {
    return this.stdout.isUnheard === true
  }

  says(level: Level): boolean {
    return levels.indexOf(level) <= this.#level
  }

  /** A line of what was asked for, as text or as JSON; `type` names the JSON line. */
  result(type: string, data: object, text: string): void {
    this.clear()
    this.stdout.write(this.json ? jsonLine(type, data) : `${text}\n`)
  }

  /** What ends every command that succeeds: the last JSON line; in text, only where notes are wanted. */
  outcome(data: object, text?: string): void {
    this.report('result', data, text)
  }

  /**
   * A line of what was done: always in JSON; in text only where notes are wanted, and on a terminal broken
   * between words, since only people read it.
   */
  report(type: string, data: object, text?: string): void {
    if (this.json) this.result(type, data, '')
    else if (text !== undefined && this.says('info')) this.result(type, data, this.fitted(text))
  }

  /** Text for standard output: on a terminal broken between words. */
  fitted(text: string): string {
    const { isTTY, columns } = this.stdout
    return isTTY && columns ? wrap(text, columns) : text
  }

  /** A line of JSON on the way, its figures whole numbers; nothing in text. */
  event(type: string, data: object): void {
    if (this.json && this.says('info')) this.result(type, wholeNumbers(data), '')
  }

  /** A line of text on the way; nothing in JSON. */
  note(text: string): void {
    if (!this.json && this.says('info')) this.error(text)
  }

  /** Something to worry about, but not the end. */
  warn(text: string): void {
    if (this.says('warn')) this.error(`ossup: ${this.paint('yellow', 'warning:')} ${text}`)
  }

  /** Stacks and traces, which are not wrapped. */
  debug(text: string): void {
    if (this.says('debug')) this.#say(text)
  }

  /** A line on standard error at any level; on a terminal broken between words. */
  error(text: string): void {
    this.#say(this.#wraps ? wrap(text, this.width) : text)
  }

  /** Messages are printed above the live view. */
  #say(text: string): void {
    this.#region.above(text)
  }

  /** Draws a progress line in place of what was drawn; only where `live`. */
  draw(line: string): void {
    this.#region.draw([line])
  }

  /** Removes the drawn lines, so that others can write to the terminal. A live view comes back. */
  clear(): void {
    this.#region.clear()
  }

  /**
   * Shows a live view and keeps it up to date until `hide`; only where `live`. It appears at the first
   * tick, so that a short run does not flash.
   */
  show(compose: Compose): void {
    this.#compose = compose
    this.#stopTicking()
    this.#stopTicking = this.#ticker(() => this.refresh())
  }

  /** Draws the live view as it is now. */
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

  /** Columns that a line may fill without a wrap. */
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
