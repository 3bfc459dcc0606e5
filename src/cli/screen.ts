// Where a command's words go. Results are for standard output, everything said on the way for
// standard error, so that `ossup ls | sort` and `ossup upload … > log` do what one hopes. With
// `--json`, standard output carries one JSON object a line and nothing else.

import { wrap } from './wrap.ts'

/** As much of a stream as is needed. */
export interface Output {
  /** `done` is called when the bytes have left this process. */
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): boolean
  readonly isTTY?: boolean
  readonly columns?: number | undefined
  /** Nobody gets what is written any more. */
  readonly isUnheard?: boolean
}

/** How much is said: each level says what those before it say, too. */
export const levels = ['error', 'warn', 'info', 'debug'] as const
export type Level = (typeof levels)[number]

export interface ScreenOptions {
  readonly json: boolean
  readonly level: Level
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Version of the JSON lines; see docs/json-output.md. */
export const jsonVersion = 1

export class Screen {
  readonly json: boolean
  /** A progress line can be drawn and drawn again. */
  readonly live: boolean
  readonly stdout: Output
  readonly #stderr: Output
  readonly #level: number
  readonly #colour: boolean
  readonly #wraps: boolean
  #lineDrawn = false

  constructor({ json, level, stdout, stderr, env }: ScreenOptions) {
    const terminal = stderr.isTTY === true && env.TERM !== 'dumb'
    this.json = json
    this.#level = levels.indexOf(level)
    this.live = terminal && !json && this.says('info')
    this.#wraps = stderr.isTTY === true
    this.#colour = terminal && (env.NO_COLOR ?? '') === ''
    this.stdout = stdout
    this.#stderr = stderr
  }

  /** Nobody gets what is written any more, as after `ossup ls | head`: a long list need not go on. */
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

  /** A line of what was done: always in JSON; in text only where notes are wanted. */
  report(type: string, data: object, text?: string): void {
    if (this.json || (text !== undefined && this.says('info'))) this.result(type, data, text ?? '')
  }

  /** A line of JSON on the way; nothing in text. */
  event(type: string, data: object): void {
    if (this.json && this.says('info')) this.result(type, data, '')
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

  #say(text: string): void {
    this.clear()
    this.#stderr.write(`${text}\n`)
  }

  /** Draws the progress line in place of the last one; only where `live`. */
  draw(line: string): void {
    this.#lineDrawn = true
    this.#stderr.write(`\r${line}\x1b[K`)
  }

  /** Takes the progress line away. */
  clear(): void {
    if (this.#lineDrawn) this.#stderr.write('\r\x1b[K')
    this.#lineDrawn = false
  }

  /** Columns that a line may fill without a wrap. */
  get width(): number {
    // A terminal that does not know its width says 0.
    return (this.#stderr.columns || 80) - 1
  }

  paint(colour: keyof typeof colours, text: string): string {
    return this.#colour ? `\x1b[${colours[colour]}m${text}\x1b[0m` : text
  }
}

const colours = { bold: 1, red: 31, green: 32, yellow: 33 } as const

function jsonLine(type: string, data: object): string {
  return `${JSON.stringify({ v: jsonVersion, type, ...data })}\n`
}
