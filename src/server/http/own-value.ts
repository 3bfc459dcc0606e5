/**
 * Returns the value for a name that came from outside. `__proto__` and `constructor` are handled like all other
 * names.
 */
export function ownValue<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
