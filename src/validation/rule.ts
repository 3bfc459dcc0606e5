// A rule says which values an option or argument may have. It reads the value once and returns the checked value, so
// code outside cannot change it afterwards.

/** The rule of one option. */
export interface Rule<T = unknown> {
  /** The allowed values. A message shows them after `Allowed: `. */
  readonly allowed: string
  /** Returns the checked value. Throws a `Misfit` if the value is not allowed. */
  read(value: unknown): T
  /** True if the option must be given. */
  readonly isRequired?: true
  /** True if the value may be secret or long. Messages then show only its kind. */
  readonly isHidden?: true
}

/** A value that a rule refuses. The checks turn it into an `OptionError` that names the option. */
export class Misfit {
  /** The place of the fault within the value: `.owner`. */
  readonly at: string
  /** The fault, unless the value itself is wrong: `has 12 entries`. */
  readonly what: string | undefined
  /** The wrong part of the value, unless the whole value is wrong. */
  readonly value: { readonly given: unknown } | undefined
  /** The allowed values at this place, if they differ from the allowed values of the rule. */
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

/** Makes a rule from a type guard. */
export function rule<T>(allowed: string, holds: (value: unknown) => value is T): Rule<T> {
  return {
    allowed,
    read(value) {
      if (holds(value)) return value
      throw new Misfit()
    },
  }
}

/** Marks an option that must be given. */
export function required<T>(rule: Rule<T>): Rule<T> & { readonly isRequired: true } {
  return { ...rule, isRequired: true }
}

/** Makes a rule that allows one value in addition to another rule's values. */
export function or<const V, T>(value: V, rule: Rule<T>): Rule<V | T> {
  const shown = typeof value === 'string' ? `'${value}'` : String(value)
  return {
    ...rule,
    allowed: `${shown}, or ${rule.allowed}`,
    read: given => (given === value ? value : rule.read(given)),
  }
}
