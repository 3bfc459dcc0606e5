type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/** The fields that have a value: an option that is absent is not an option that is `undefined`. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}
