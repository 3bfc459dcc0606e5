type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/**
 * Removes fields that are `undefined`, because the library distinguishes an absent option from an `undefined`
 * one.
 */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}
