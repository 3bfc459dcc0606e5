// What can be completed, from the same tables as the help: commands, their flags, and what follows.

import type { Command, CommandEntry } from '../args/command.ts'

/** What stands behind a flag, or where no flag is meant. */
export type Expected = 'file' | 'folder' | 'nothing' | readonly string[]

export interface FlagWords {
  /** Without hyphens. */
  readonly name: string
  readonly short: string | undefined
  readonly help: string
  readonly many: boolean
  /** What its value is; `undefined` for a switch. */
  readonly value: Expected | undefined
}

export interface CommandWords {
  readonly name: string
  readonly summary: string
  readonly flags: readonly FlagWords[]
  readonly arguments: Expected
}

/** All commands, `help` included, in the order of the help. */
export async function completionWords(
  commands: Readonly<Record<string, CommandEntry>>,
): Promise<CommandWords[]> {
  const own = await Promise.all(
    Object.entries(commands).map(async ([name, entry]) =>
      wordsOf(name, entry.summary, await entry.load()),
    ),
  )
  const help = {
    name: 'help',
    summary: 'all about one command',
    flags: [],
    arguments: Object.keys(commands),
  }
  return [...own, help]
}

function wordsOf(name: string, summary: string, { flags, usage, words }: Command): CommandWords {
  return {
    name,
    summary,
    flags: Object.entries(flags).map(
      ([flag, { help, short, many = false, choices, placeholder }]) => ({
        name: flag,
        short,
        help,
        many,
        value: placeholder === undefined ? undefined : (choices ?? expected(placeholder)),
      }),
    ),
    arguments: words ?? expected(usage.join(' ')),
  }
}

/** What a usage line or a placeholder asks for. */
function expected(text: string): Expected {
  if (/<(?:file|files|path)\b/.test(text)) return 'file'
  return /<(?:dir|folder)\b/.test(text) ? 'folder' : 'nothing'
}
