// Reads objects from outside without trusting their shape. Their getters and proxies may throw.

/**
 * Returns true for `{}` and `Object.create(null)`, also of another realm. Returns false for arrays, maps and class
 * instances: they may keep values in getters or private fields, which would be ignored silently.
 */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return true
  // Each realm has its own `Object.prototype`. It is the only object that has this property and no prototype.
  return (
    typeof prototype === 'object' &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  )
}

/** Returns true if the object has this method, on itself or from its class. */
export function hasMethod(value: unknown, name: string): value is object {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  )
}
