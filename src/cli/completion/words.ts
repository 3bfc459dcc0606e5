// The words that can be completed, from the same tables as the help: commands, their flags and their arguments.

import type { Command, CommandEntry } from '../args/command.ts'

/**
 * What follows a flag, or what an argument is. `id` is the id of an unfinished upload. Addresses are
 * completed in every position.
 */
export type Expected = 'file' | 'folder' | 'id' | 'nothing' | readonly string[]

export interface FlagWords {
  /** The name without hyphens. */
  readonly name: string
  readonly short: string | undefined
  readonly help: string
  readonly many: boolean
  /** The kind of the flag's value; `undefined` for a switch. */
  readonly value: Expected | undefined
}

export interface CommandWords {
  readonly name: string
  readonly summary: string
  readonly flags: readonly FlagWords[]
  readonly arguments: Expected
}

/** All commands including `help`, in the order of the help. */
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
    summary: 'examples and flags of one command',
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

/** What a usage line or a placeholder expects. */
function expected(text: string): Expected {
  if (/<(?:file|files|path)\b/.test(text)) return 'file'
  if (/<(?:dir|folder)\b/.test(text)) return 'folder'
  return /<id>/.test(text) ? 'id' : 'nothing'
}
