// Finds out what the terminal on standard error can do.

/** The part of a stream that the views use. */
export interface Output {
  /** `done` is called when the bytes have left this process. */
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): boolean
  readonly isTTY?: boolean
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  /** True once the reader has closed its end: further output is lost. */
  readonly isUnheard?: boolean
}

export interface Terminal {
  /** True if lines can be drawn again in place. */
  readonly redraws: boolean
  readonly colour: boolean
  /** True if the terminal shows characters beyond ASCII. */
  readonly unicode: boolean
}

type Env = Readonly<Record<string, string | undefined>>

export function terminalOf(
  output: Output,
  env: Env,
  platform: NodeJS.Platform = process.platform,
): Terminal {
  const isTerminal = output.isTTY === true && env.TERM !== 'dumb'
  return {
    // Some CI systems provide a terminal, but keep every line that was ever drawn.
    redraws: isTerminal && !isOn(env.CI),
    colour: wantsColour(env) ?? isTerminal,
    unicode: showsUnicode(env, platform),
  }
}

/** What the variables ask for: `FORCE_COLOR` beats `NO_COLOR`, as in Node.js. `undefined` if neither is set. */
function wantsColour({ FORCE_COLOR: force, NO_COLOR: no }: Env): boolean | undefined {
  if (force !== undefined) return force === '' || isOn(force)
  return no === undefined || no === '' ? undefined : false
}

function isOn(variable: string | undefined): boolean {
  return variable !== undefined && !['', '0', 'false'].includes(variable.toLowerCase())
}

/** Decided by the locale, as in other programs. Without a locale it is `C`, which means ASCII. */
function showsUnicode(env: Env, platform: NodeJS.Platform): boolean {
  // The console of Linux has no font for these characters.
  if (env.TERM === 'linux') return false
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (locale) return /utf-?8/i.test(locale)
  // Windows and macOS set no locale themselves.
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.ConEmuTask)
  return platform === 'darwin'
}
