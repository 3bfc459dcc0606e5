// Rules that several tables of options share.

import { isSignal } from '../foreign/web.ts'
import { hasMethod, isPlain } from './plain.ts'
import { Misfit, type Rule, rule } from './rule.ts'

export function wholeNumber(min: number, max: number): Rule<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  return rule(
    `a whole number ${range}`,
    (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
  )
}

export function oneOf<const T>(...values: readonly T[]): Rule<T> {
  const isValue = (value: unknown): value is T => values.some(one => one === value)
  return rule(values.join(', '), isValue)
}

export const trueOrFalse: Rule<boolean> = oneOf(true, false)

const isString = (value: unknown): value is string => typeof value === 'string'

/** The rule for a string that is sent to OSS. */
export const unicode: Rule<string> = rule(
  'a string of valid Unicode',
  (value): value is string => isString(value) && isWellFormed(value),
)

export const anyString: Rule<string> = rule('a string', isString)

export const filledString: Rule<string> = rule(
  'a string that is not empty',
  (value): value is string => typeof value === 'string' && value !== '',
)

export const folderPath: Rule<string> = rule(
  'the path of a folder',
  // No system call accepts a path with a null character.
  (value): value is string => typeof value === 'string' && value !== '' && !value.includes('\0'),
)

/** Makes a rule for a list of values that another rule allows. */
export function listOf<T>(each: Rule<T>): Rule<readonly T[]> {
  return {
    allowed: `a list, each of it ${each.allowed}`,
    read(value) {
      if (!Array.isArray(value)) throw new Misfit()
      return Array.from(value, (one: unknown, index) => {
        try {
          return each.read(one)
        } catch (error) {
          if (!(error instanceof Misfit)) throw error
          throw new Misfit({ at: `[${index}]${error.at}`, value: error.value ?? { given: one } })
        }
      })
    },
  }
}

/** Makes a rule for one value or a list of values. */
export function oneOrMore<T>(each: Rule<T>): Rule<T | readonly T[]> {
  const list = listOf(each)
  return {
    allowed: each.allowed,
    read: value => (Array.isArray(value) ? list.read(value) : each.read(value)),
  }
}

/**
 * Makes a rule for a function.
 * @typeParam F the function's type. The rule cannot check the arguments and the result.
 */
export function aFunction<F extends (...given: never[]) => unknown>(): Rule<F> {
  return rule('a function', (value): value is F => typeof value === 'function')
}

export const abortSignal: Rule<AbortSignal> = rule('an AbortSignal', isSignal)

/** Makes a rule for an object with these methods, on itself or from its class. */
export function withMethods<T extends object>(
  allowed: string,
  ...methods: readonly (keyof T & string)[]
): Rule<T> {
  const isObject = (value: unknown): value is T => typeof value === 'object' && value !== null
  return {
    allowed,
    read(value) {
      const missing = methods.find(name => !hasMethod(value, name))
      if (missing === undefined && isObject(value)) return value
      throw new Misfit(isObject(value) ? { what: `has no method '${missing}'` } : {})
    },
  }
}

/**
 * Returns false if the string has half of a surrogate pair. It has no UTF-8 form, so it would be stored as another
 * character.
 */
export function isWellFormed(text: string): boolean {
  // In `u` mode, `\p{Surrogate}` matches only half a pair.
  return !/\p{Surrogate}/u.test(text)
}

/** The rule for an object of names and strings, such as headers. */
export const strings: Rule<Record<string, string>> = {
  allowed: 'a plain object of names and strings',
  read(value) {
    const read: [name: string, value: string][] = []
    for (const [name, each] of entriesOf(value)) {
      if (typeof each !== 'string') {
        throw new Misfit({ at: place(name), value: { given: each }, allowed: 'a string' })
      }
      read.push([name, each])
    }
    return Object.fromEntries(read)
  },
}

/** The rule for an object of names and strings that are sent to OSS. */
export const unicodeStrings: Rule<Record<string, string>> = {
  allowed: strings.allowed,
  read(value) {
    const read = strings.read(value)
    for (const [name, each] of Object.entries(read)) {
      if (isWellFormed(name + each)) continue
      const what = 'has half of a surrogate pair'
      throw new Misfit({ at: place(name), what, allowed: 'valid Unicode' })
    }
    return read
  },
}

/** Returns the entries of a plain object. Throws a `Misfit` for anything else. */
export function entriesOf(value: unknown): [name: string, value: unknown][] {
  if (isPlain(value)) return Object.entries(value)
  const isPairs = typeof value === 'object' && value !== null && hasMethod(value, 'entries')
  throw new Misfit(
    isPairs && !Array.isArray(value)
      ? { allowed: 'a plain object, here Object.fromEntries(…)' }
      : {},
  )
}

/** Writes a property as it follows its object: `.owner`, `['bad name']`. */
export function place(name: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 60))}]`
}
