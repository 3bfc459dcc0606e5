// From words to a request. node:util splits them; what is wrong with them is said in our own words.

import { parseArgs } from 'node:util'
import { closestMatch } from '../../text/closest-match.ts'
import type { Command, CommandRequest } from './command.ts'
import type { Flags } from './flags.ts'
import { UsageError } from './usage-error.ts'

/** @param name of the command, for messages. */
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
    if (flag === undefined) throw unknownFlag(name, token.rawName, flags)
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
  if (positionals.length < allowed.min || positionals.length > allowed.max) {
    const missing = words?.join(', ') ?? missingWords(usage[0], allowed.min, positionals)
    const what = positionals.length < allowed.min ? `missing: ${missing}` : 'too many arguments'
    throw new UsageError(`${name}: ${what}`, `Usage: ossup ${usage.join(`\n       ossup `)}`)
  }
  return { positionals, flags: readFlags(flags, given) }
}

/** The words of a usage line that nothing was given for. An address stands for itself, wherever it is. */
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

function unknownFlag(command: string, rawName: string, flags: Flags): UsageError {
  const near = closestMatch(rawName.replace(/^-+/, ''), Object.keys(flags))
  return new UsageError(
    `${command} has no flag ${rawName}`,
    near === undefined
      ? `See ossup help ${command}.`
      : `Did you mean --${near}? See ossup help ${command}.`,
  )
}
