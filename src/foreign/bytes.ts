// Bytes from other code. A view of an ArrayBuffer counts as its bytes, for every element type and realm.
// Copying it element by element would store other bytes without an error.

const tagOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get

/** True for a Uint8Array (or Buffer) of any realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf?.call(value) === 'Uint8Array'
}

/**
 * True for bytes without memory: it was transferred (to a worker, for example), or it shrank. They have the length 0 or
 * cannot be read, so an upload would store nothing, without an error.
 */
export function isDetached(value: unknown): boolean {
  if (!ArrayBuffer.isView(value) && !isBuffer(value)) return false
  try {
    if (value.byteLength > 0) return false
    // Each of these throws for detached memory.
    if (!ArrayBuffer.isView(value)) new Uint8Array(value)
    else if (tagOf?.call(value) !== undefined) Uint8Array.prototype.at.call(value as Uint8Array, 0)
    return false
  } catch {
    return true
  }
}

/**
 * The bytes of a typed array, a DataView, an ArrayBuffer or a SharedArrayBuffer, without a copy;
 * `undefined` for anything else, and for detached bytes.
 */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (isDetached(value)) return undefined
  if (isBytes(value)) return value
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  return isBuffer(value) ? new Uint8Array(value) : undefined
}

function isBuffer(value: unknown): value is ArrayBuffer | SharedArrayBuffer {
  return hasByteLength(ArrayBuffer.prototype, value) || isShared(value)
}

function isShared(value: unknown): boolean {
  // Pages without cross-origin isolation have no SharedArrayBuffer.
  return (
    typeof SharedArrayBuffer === 'function' && hasByteLength(SharedArrayBuffer.prototype, value)
  )
}

/**
 * The getter inspects the internal type of the value. No property can imitate that, and it works across
 * realms.
 */
function hasByteLength(prototype: object, value: unknown): boolean {
  try {
    Object.getOwnPropertyDescriptor(prototype, 'byteLength')?.get?.call(value)
    return true
  } catch {
    return false
  }
}
