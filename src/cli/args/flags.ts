// The kinds of flags. A flag has a placeholder and a line of help, and turns the given strings into a value. A
// command is a record of flags, and that record gives its values their types. A flag for an option of the library
// has the option's name in kebab-case.

import { homeFolder } from '../../runtimes/node/platform/home.ts'
import { parseDuration } from './durations.ts'
import { parseSize } from './sizes.ts'
import { UsageError } from './usage-error.ts'

export interface Flag<T> {
  /** One line of help. */
  readonly help: string
  /** The placeholder of the value in the help, such as `<size>`. A flag without a placeholder is a switch. */
  readonly placeholder?: string
  /** The one-letter form: `r` for `-r`. */
  readonly short?: string
  /** All allowed values, if there is a fixed list. */
  readonly choices?: readonly string[]
  /** True if the flag may be given more than once. */
  readonly many?: boolean
  /** The heading below which the help lists it. @default 'Options' */
  readonly group?: string
  /**
   * Turns the given strings, in their order, into the value. `name` is the flag, such as `--part-size`.
   * Throws `UsageError`.
   */
  read(texts: readonly string[], name: string): T
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never
}

/** Puts flags under one heading of the help. */
export function grouped<const F extends Flags>(group: string, flags: F): F {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, { ...flag, group }]),
  ) as F
}

export function toggle(help: string, short?: string): Flag<boolean> {
  return { help, read: texts => texts.length > 0, ...(short !== undefined && { short }) }
}

export function text(placeholder: string, help: string): Flag<string | undefined> {
  return { help, placeholder, read: texts => texts[0] }
}

/** A path of a file or folder. A shell does not expand the `~` of `--flag=~/x`, so this flag does. */
export function path(placeholder: string, help: string): Flag<string | undefined> {
  return { help, placeholder, read: ([given], name) => given && inHome(given, name) }
}

function inHome(given: string, name: string): string {
  if (given !== '~' && !given.startsWith('~/')) return given
  const home = homeFolder()
  if (home === undefined) {
    throw new UsageError(`${name} is '${given}', and no home folder is known`, 'Set HOME.')
  }
  return home + given.slice(1)
}

/** A flag that may be given many times, with a string each time. */
export function texts(placeholder: string, help: string): Flag<readonly string[]> {
  return { help, placeholder, many: true, read: given => given }
}

/** The allowed values, and the same range as a user types it: `1s to 7d`. */
interface Range {
  readonly min: number
  readonly max: number
  readonly words: string
}

/** A number of bytes, with or without a unit. */
export function size(placeholder: string, help: string, range?: Range): Flag<number | undefined> {
  return { help, placeholder, read: readWithin(parseSize, range) }
}

/** A duration with a unit. The value is in milliseconds. */
export function duration(
  placeholder: string,
  help: string,
  range?: Range,
): Flag<number | undefined> {
  return { help, placeholder, read: readWithin(parseDuration, range) }
}

function readWithin(parse: (given: string, name: string) => number, range: Range | undefined) {
  return ([given]: readonly string[], name: string): number | undefined => {
    if (given === undefined) return undefined
    const value = parse(given, name)
    if (range !== undefined && (value < range.min || value > range.max)) {
      throw new UsageError(`${name} is '${given}'`, `Allowed: ${range.words}.`)
    }
    return value
  }
}

/** A flag that also accepts `auto`, which lets ossup choose. */
export function orAuto<T>(flag: Flag<T | undefined>): Flag<T | undefined> {
  return {
    ...flag,
    read: (texts, name) => (texts[0] === 'auto' ? undefined : flag.read(texts, name)),
  }
}

export function count(
  placeholder: string,
  help: string,
  range: { min: number; max: number },
): Flag<number | undefined> {
  return {
    help,
    placeholder,
    read([given], name) {
      if (given === undefined) return undefined
      const value = Number(given)
      if (!/^\d+$/.test(given) || value < range.min || value > range.max) {
        throw new UsageError(
          `${name} is '${given}'`,
          `Allowed: a whole number from ${range.min} to ${range.max}.`,
        )
      }
      return value
    },
  }
}

export function oneOf<const T extends string>(
  choices: readonly T[],
  help: string,
): Flag<T | undefined> {
  return {
    help,
    placeholder: `<${choices.join('|')}>`,
    choices,
    read([given], name) {
      const choice = choices.find(candidate => candidate === given)
      if (given !== undefined && choice === undefined) {
        throw new UsageError(`${name} is '${given}'`, `Allowed: ${choices.join(', ')}.`)
      }
      return choice
    },
  }
}

/**
 * Pairs of `name=value`, given any number of times. The value may contain `=`.
 * @param sameName maps a name to the form that is compared, because a name must not be given twice
 */
export function pairs(
  placeholder: string,
  help: string,
  sameName: (name: string) => string = name => name,
): Flag<Readonly<Record<string, string>> | undefined> {
  return {
    help,
    placeholder,
    many: true,
    read(texts, name) {
      if (texts.length === 0) return undefined
      const entries = texts.map((given): [string, string] => {
        const at = given.indexOf('=')
        if (at < 1) throw new UsageError(`${name} is '${given}'`, `Write ${name} name=value.`)
        return [given.slice(0, at), given.slice(at + 1)]
      })
      const seen = new Set<string>()
      for (const [key] of entries) {
        const same = sameName(key)
        if (seen.has(same)) {
          throw new UsageError(`${name} ${key} is given twice`, 'Leave one of the two out.')
        }
        seen.add(same)
      }
      return Object.fromEntries(entries)
    },
  }
}
