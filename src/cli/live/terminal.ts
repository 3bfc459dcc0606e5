// The abilities of the terminal that standard error leads to.

/** As much of a stream as is needed. */
export interface Output {
  /** `done` is called when the bytes have left this process. */
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): boolean
  readonly isTTY?: boolean
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  /** The reader has left: nothing that is written arrives. */
  readonly isUnheard?: boolean
}

export interface Terminal {
  /** What was drawn can be drawn again in its place. */
  readonly redraws: boolean
  readonly colour: boolean
  /** Characters beyond ASCII are shown. */
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
    // Some CI systems give a terminal, and keep every line that was ever drawn.
    redraws: isTerminal && !isOn(env.CI),
    colour: wantsColour(env) ?? isTerminal,
    unicode: showsUnicode(env, platform),
  }
}

/** `FORCE_COLOR` beats `NO_COLOR`, as in Node.js itself; `undefined` where neither is set. */
function wantsColour({ FORCE_COLOR: force, NO_COLOR: no }: Env): boolean | undefined {
  if (force !== undefined) return force === '' || isOn(force)
  return no === undefined || no === '' ? undefined : false
}

function isOn(variable: string | undefined): boolean {
  return variable !== undefined && !['', '0', 'false'].includes(variable.toLowerCase())
}

/** By the locale, as every program of a terminal does; where none is set it is C, which is ASCII. */
function showsUnicode(env: Env, platform: NodeJS.Platform): boolean {
  // The console of Linux has no font for it.
  if (env.TERM === 'linux') return false
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (locale) return /utf-?8/i.test(locale)
  // Neither sets a locale of itself.
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.ConEmuTask)
  return platform === 'darwin'
}
