// The one place that checks options and arguments for unknown names, wrong types, wrong ranges and wrong shapes. Each
// fault is an `OptionError` that names the option, the value and the allowed values.

import { invalidCode, OptionError } from '../errors.ts'
import { closestMatch } from '../text/closest-match.ts'
import { shown } from '../text/shown.ts'
import { isPlain } from './plain.ts'
import { Misfit, type Rule } from './rule.ts'
import { showKind } from './show-value.ts'

/** A rule for each option. With `satisfies`, the compiler refuses a table without a rule for some option. */
export type RulesOf<Options extends object> = {
  readonly [Name in keyof Required<Options>]: Rule
}

/** A table of rules. */
export type Rules = Readonly<Record<string, Rule>>

/** The checked values that a table of rules returns. */
export type Checked<R extends Rules> = {
  readonly [Name in keyof R as R[Name] extends { isRequired: true } ? Name : never]: ValueOf<
    R[Name]
  >
} & {
  readonly [Name in keyof R as R[Name] extends { isRequired: true } ? never : Name]?: ValueOf<
    R[Name]
  >
}

type ValueOf<R> = R extends Rule<infer T> ? T : never

/** The names that messages use for the checked object. */
export interface Subject {
  /** The name of the object: `options`, or `request` for an operation. */
  readonly name: string
  /** The function that takes the object, written before the option: `putObject`. */
  readonly owner?: string
  /** The option whose value is the object. Messages, codes and `options` name it. */
  readonly parent?: string
  /** Names of other libraries' options, with ossup's name or an explanation: see foreign-names.ts. */
  readonly foreign?: ReadonlyMap<string, string>
}

/**
 * Checks an object of options.
 * @returns a plain copy of the given options without those that are `undefined`. Each option was read once.
 * @throws {OptionError} `INVALID_OPTIONS` or `INVALID_REQUEST` for anything but a plain object; `UNKNOWN_OPTION`;
 * `INVALID_…` with the name of the option
 */
export function checkOptions<R extends Rules>(
  rules: R,
  given: unknown,
  subject: Subject,
): Checked<R> {
  const table = new Map<string, Rule>(Object.entries(rules))
  const options: [name: string, value: unknown][] = []
  for (const [name, value] of namesIn(given, table, subject)) {
    const rule = table.get(name)
    if (rule === undefined) throw unknown(name, table, subject)
    if (value === undefined) continue
    options.push([name, readValue(name, value, rule, subject)])
  }
  const read = Object.fromEntries(options)
  for (const [name, { isRequired, allowed }] of table) {
    if (isRequired !== true || Object.hasOwn(read, name)) continue
    throw invalid(subject, name, ' is missing', allowed)
  }
  // The cast is safe: each rule has checked its value.
  return read as Checked<R>
}

/** Checks a single argument, such as a key. */
export function checkArgument<T>(name: string, value: unknown, rule: Rule<T>, owner?: string): T {
  return readValue(name, value, rule, { name: 'options', ...(owner && { owner }) })
}

function readValue<T>(name: string, value: unknown, rule: Rule<T>, subject: Subject): T {
  try {
    return rule.read(value)
  } catch (error) {
    if (error instanceof OptionError) throw error
    if (!(error instanceof Misfit)) throw unreadable(name, error, rule.allowed, subject)
    const show = rule.isHidden ? showKind : shown
    const wrong = error.value === undefined ? value : error.value.given
    const what = error.what ?? `is ${show(wrong)}`
    throw invalid(subject, name, `${error.at} ${what}`, error.allowed ?? rule.allowed)
  }
}

function namesIn(
  given: unknown,
  table: ReadonlyMap<string, Rule>,
  subject: Subject,
): [name: string, value: unknown][] {
  const { name } = subject
  const names = [...table.keys()]
  try {
    if (isPlain(given)) {
      // Includes own properties that loops do not list, so that no option is ignored.
      return Object.getOwnPropertyNames(given).map(own => [
        own,
        propertyOf(given, own, table, subject),
      ])
    }
  } catch (error) {
    if (error instanceof OptionError) throw error
    throw unreadable(name, error, `a plain object such as ${exampleOf(table)}`, subject)
  }
  const { parent, owner } = subject
  const what = `${name === 'options' ? 'are' : 'is'} ${showKind(given)}`
  throw new OptionError(
    invalidCode(parent ?? name),
    `${owner === undefined ? '' : `${owner}: `}${name} ${what}`,
    {
      options: [parent ?? name],
      hint: `Allowed: a plain object such as ${exampleOf(table)}; in it: ${names.join(', ')}`,
    },
  )
}

function propertyOf(
  given: object,
  name: string,
  table: ReadonlyMap<string, Rule>,
  subject: Subject,
): unknown {
  try {
    return Reflect.get(given, name)
  } catch (error) {
    const allowed = table.get(name)?.allowed ?? [...table.keys()].join(', ')
    throw unreadable(name, error, allowed, subject)
  }
}

function exampleOf(table: ReadonlyMap<string, Rule>): string {
  const needed = [...table].filter(([, { isRequired }]) => isRequired).map(([name]) => name)
  const [first = ''] = table.keys()
  return `{ ${needed.length > 0 ? needed.join(', ') : first} }`
}

function unknown(name: string, table: ReadonlyMap<string, Rule>, subject: Subject): OptionError {
  const names = [...table.keys()]
  const owner = subject.parent ?? subject.owner
  return new OptionError(
    'UNKNOWN_OPTION',
    `${owner === undefined ? 'There is' : `${owner} has`} no option ${quoted(name)}`,
    {
      options: [subject.parent ?? name],
      hint: `${suggestion(name, names, subject)}Allowed: ${names.join(', ')}`,
    },
  )
}

/** Writes a name that could be an option in single quotes, and any other name as data. */
function quoted(name: string): string {
  return /^[\w-]{1,60}$/.test(name) ? `'${name}'` : shown(name)
}

function suggestion(name: string, names: readonly string[], { foreign }: Subject): string {
  const known = foreign?.get(name) ?? foreign?.get(name.toLowerCase())
  if (known !== undefined)
    return names.includes(known) ? `It is called ${known} here. ` : `${known}. `
  const near = closestMatch(name, names)
  return near === undefined ? '' : `Did you mean '${near}'? `
}

function unreadable(name: string, cause: unknown, allowed: string, subject: Subject): OptionError {
  return invalid(subject, name, ' cannot be read: it throws', allowed, cause)
}

/** @param what the fault, written after the option's name */
function invalid(
  { owner, parent }: Subject,
  name: string,
  what: string,
  allowed: string,
  cause?: unknown,
): OptionError {
  const option = parent ?? name
  const place = parent === undefined ? name : `${parent}.${name}`
  const reason = `${owner === undefined ? '' : `${owner}: `}${place}${what}`
  return new OptionError(invalidCode(option), reason, {
    options: [option],
    hint: `Allowed: ${allowed}`,
    cause,
  })
}
