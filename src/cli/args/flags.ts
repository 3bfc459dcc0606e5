// The kinds of flags. A flag knows how it is written, how the given strings become a value, and its line of
// help. A command is a record of flags, and that record types its values. A flag for an option of the library
// has the option's name in kebab-case.

import { homeFolder } from '../../runtimes/node/platform/home.ts'
import { parseDuration } from './durations.ts'
import { parseSize } from './sizes.ts'
import { UsageError } from './usage-error.ts'

export interface Flag<T> {
  /** One line of help. */
  readonly help: string
  /** The value in the help: `<size>`. A flag without a placeholder is a switch. */
  readonly placeholder?: string
  /** One letter: `r` for `-r`. */
  readonly short?: string
  /** All allowed values. */
  readonly choices?: readonly string[]
  /** May be given more than once. */
  readonly many?: boolean
  /** The heading below which the help lists it. @default 'Options' */
  readonly group?: string
  /** Turns the given strings, in order, into the value; `name` is `--part-size`. Throws `UsageError`. */
  read(texts: readonly string[], name: string): T
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never
}

/** The same flags below one heading of the help. */
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

/** A file or folder. A shell leaves the `~` of `--flag=~/x` as it is, so it is expanded here. */
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

/** Any number of values. */
export function texts(placeholder: string, help: string): Flag<readonly string[]> {
  return { help, placeholder, many: true, read: given => given }
}

/** The allowed values, and the same as a user types them: `1s to 7d`. */
interface Range {
  readonly min: number
  readonly max: number
  readonly words: string
}

/** Bytes, plain or with a unit. */
export function size(placeholder: string, help: string, range?: Range): Flag<number | undefined> {
  return { help, placeholder, read: readWithin(parseSize, range) }
}

/** Milliseconds, from a number with a unit. */
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

/** `auto` leaves the choice to ossup. */
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
 * `name=value`, any number of times. The value may contain further `=`.
 * @param sameName what makes two names the same: a name must not be given twice
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
