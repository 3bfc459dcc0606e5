// Reading objects from outside without trusting their shape. Getters and proxies may throw.

/**
 * True for `{}` and `Object.create(null)`, also of another realm. False for arrays, maps and instances of
 * classes: what they hold in getters or in slots would be ignored without a word.
 */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return true
  // Each realm has an `Object.prototype` of its own: the only object with this property and no prototype.
  return (
    typeof prototype === 'object' &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  )
}

/** True if the object has this method, its own or of its class. */
export function hasMethod(value: unknown, name: string): value is object {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  )
}
