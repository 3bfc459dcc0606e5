// State that all copies of this library in one process share, such as the ESM and the CommonJS build, or two
// bundles of one page or server. Without it, the same upload started through two copies would run twice.

/**
 * Returns the shared value of that name. The first copy that asks creates it. If the shape of a value
 * changes, it needs a new name, because the copies may be of different versions.
 */
export function processWide<T>(name: string, make: () => T): T {
  const key = Symbol.for(`ossup.${name}`)
  const found: T | undefined = Reflect.get(globalThis, key)
  if (found !== undefined) return found
  const value = make()
  Object.defineProperty(globalThis, key, { value, configurable: true })
  return value
}
