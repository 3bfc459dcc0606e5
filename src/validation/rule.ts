// What the value of an option or argument may be. A rule reads the value once and gives the value to work
// with, so that nothing outside can change it afterwards.

/** The rule of one option. */
export interface Rule<T = unknown> {
  /** The allowed values, as the end of the sentence `Allowed: …`. */
  readonly allowed: string
  /** The value to work with. Throws a `Misfit` if the value is not allowed. */
  read(value: unknown): T
  /** Without it the option may be left out. */
  readonly isRequired?: true
  /** The value may be secret or long: messages say only its kind. */
  readonly isHidden?: true
}

/** A value that a rule refuses. Becomes an `OptionError` that names the option. */
export class Misfit {
  /** Where in the value the fault is: `.owner`. */
  readonly at: string
  /** The fault, if it is not the value as such: `has 12 entries`. */
  readonly what: string | undefined
  /** The part that is wrong, if it is not the whole value. */
  readonly value: { readonly given: unknown } | undefined
  /** The allowed values there, if they differ from those of the rule. */
  readonly allowed: string | undefined

  constructor(
    detail: {
      readonly at?: string
      readonly what?: string
      readonly value?: { readonly given: unknown }
      readonly allowed?: string
    } = {},
  ) {
    this.at = detail.at ?? ''
    this.what = detail.what
    this.value = detail.value
    this.allowed = detail.allowed
  }
}

/** A rule that a question decides. */
export function rule<T>(allowed: string, holds: (value: unknown) => value is T): Rule<T> {
  return {
    allowed,
    read(value) {
      if (holds(value)) return value
      throw new Misfit()
    },
  }
}

/** The option must be given. */
export function required<T>(rule: Rule<T>): Rule<T> & { readonly isRequired: true } {
  return { ...rule, isRequired: true }
}

/** A value, or what another rule allows. */
export function or<const V, T>(value: V, rule: Rule<T>): Rule<V | T> {
  const shown = typeof value === 'string' ? `'${value}'` : String(value)
  return {
    ...rule,
    allowed: `${shown}, or ${rule.allowed}`,
    read: given => (given === value ? value : rule.read(given)),
  }
}
