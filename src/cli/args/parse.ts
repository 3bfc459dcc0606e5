// Parses the arguments of a command. `node:util` splits them; the messages about mistakes are our own.

import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { closestMatch } from '../../text/closest-match.ts'
import type { Command, CommandRequest } from './command.ts'
import { flagInstead } from './flag-synonyms.ts'
import type { Flags } from './flags.ts'
import { UsageError } from './usage-error.ts'

/** @param name the command's name, for messages */
export function parseRequest(
  name: string,
  { flags, positionals: allowed, usage, words }: Command,
  args: readonly string[],
): CommandRequest {
  const { positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(flags).map(([flag, { placeholder, short }]) => [
        flag,
        {
          type: placeholder === undefined ? ('boolean' as const) : ('string' as const),
          multiple: true,
          ...(short !== undefined && { short }),
        },
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (flag === undefined) throw unknownFlag(name, token.rawName, args[token.index] ?? '', flags)
    const texts = given.get(token.name) ?? []
    given.set(token.name, texts)
    if (flag.placeholder === undefined) {
      if (token.value !== undefined) {
        throw new UsageError(`${token.rawName} takes no value`, `Write ${token.rawName} alone.`)
      }
      texts.push('')
      continue
    }
    const swallowed = token.inlineValue === false && /^--[a-z]/.test(token.value)
    if (token.value === undefined || swallowed) {
      throw new UsageError(
        `${token.rawName} needs a value`,
        `Write ${token.rawName} ${flag.placeholder}.`,
      )
    }
    if (texts.length > 0 && flag.many !== true) {
      throw new UsageError(`${token.rawName} is given twice`, 'Leave one of the two out.')
    }
    texts.push(token.value)
  }
  const min = given.has(allowed.fewerWith ?? '') ? allowed.min - 1 : allowed.min
  if (positionals.includes('')) {
    throw new UsageError('an argument is empty', 'A shell variable may not be set.')
  }
  if (positionals.length < min || positionals.length > allowed.max) {
    const missing = words?.join(', ') ?? missingWords(usage[0], min, positionals)
    const what = positionals.length < min ? `missing: ${missing}` : 'too many arguments'
    throw new UsageError(`${name}: ${what}`, `Usage: ossup ${usage.join(`\n       ossup `)}`)
  }
  return { positionals, flags: readFlags(flags, given) }
}

/** The missing words of a usage line. An address may be given in any position. */
function missingWords(usage = '', min: number, given: readonly string[]): string {
  const isAddress = (word: string) => word.startsWith('oss://')
  const wanted = usage.split(' ').slice(1, 1 + min)
  const left = wanted.filter(word => !(isAddress(word) && given.some(isAddress)))
  return left.slice(given.filter(word => !isAddress(word)).length).join(' and ')
}

function readFlags(flags: Flags, given: ReadonlyMap<string, readonly string[]>) {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      flag.read(given.get(name) ?? [], `--${name}`),
    ]),
  )
}

/** @param word the argument as typed. It may be the name of a file that starts with a hyphen. */
function unknownFlag(command: string, rawName: string, word: string, flags: Flags): UsageError {
  if (existsSync(word)) {
    return new UsageError(
      `${command} has no flag ${rawName}, but there is a file ${word}`,
      `Write ./${word}, or -- before the names of files.`,
    )
  }
  const typed = rawName.replace(/^-+/, '')
  const own = Object.keys(flags)
  const near = closestMatch(typed, own)
  const instead = flagInstead(typed, own) ?? (near && `Did you mean --${near}?`)
  const help = `See ossup help ${command}.`
  return new UsageError(
    `${command} has no flag ${rawName}`,
    instead === undefined ? help : `${instead} ${help}`,
  )
}
