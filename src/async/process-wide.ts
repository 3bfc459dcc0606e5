// State that all copies of this library in one program share: the ECMAScript and the CommonJS build, or two
// bundles of one page or server. Without it the same upload, asked for through two copies, would be two.

/**
 * The value of that name, made by the first copy that asks. The shape of a value must not change without a
 * new name: copies may be of different versions.
 */
export function processWide<T>(name: string, make: () => T): T {
  const key = Symbol.for(`ossup.${name}`)
  const found: T | undefined = Reflect.get(globalThis, key)
  if (found !== undefined) return found
  const value = make()
  Object.defineProperty(globalThis, key, { value, configurable: true })
  return value
}
