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
 * The bytes of a typed array, a DataView, an ArrayBuffer or a SharedArrayBuffer, without a copy;
 * `undefined` for anything else.
 */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (isBytes(value)) return value
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  return isBuffer(value) ? new Uint8Array(value) : undefined
}

function isBuffer(value: unknown): value is ArrayBuffer {
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
