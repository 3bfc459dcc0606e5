// Objects of the web platform that other code created, perhaps in another realm, by a polyfill or another package.
// Each is recognised by the members that this library uses.

/** True for a URL. */
export function isUrl(value: unknown): value is URL {
  return has(value, { href: 'string', protocol: 'string', pathname: 'string' })
}

/** True for a Blob or File. */
export function isBlob(value: unknown): value is Blob {
  return has(value, { size: 'number', slice: 'function', arrayBuffer: 'function' })
}

/** True for a web ReadableStream. */
export function isWebStream(value: unknown): value is ReadableStream<unknown> {
  return has(value, { getReader: 'function', cancel: 'function', locked: 'boolean' })
}

/** True for a Request or Response, which has a body that can be uploaded. */
export function isFetchMessage(value: unknown): value is Request | Response {
  return has(value, { bodyUsed: 'boolean', arrayBuffer: 'function', headers: 'object' })
}

/** True for anything that can be iterated asynchronously. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return has(value, { [Symbol.asyncIterator]: 'function' })
}

/** True for an AbortSignal. */
export function isSignal(value: unknown): value is AbortSignal {
  return has(value, { aborted: 'boolean', addEventListener: 'function' })
}

/** Epoch milliseconds of a Date of any realm; `undefined` for anything else. */
export function dateValue(value: unknown): number | undefined {
  try {
    const at: unknown = Date.prototype.getTime.call(value)
    return typeof at === 'number' ? at : undefined
  } catch {
    return undefined
  }
}

/** True if an object has these members with values of these types. False if a getter throws. */
export function has(value: unknown, members: Readonly<Record<PropertyKey, string>>): boolean {
  if (typeof value !== 'object' || value === null) return false
  try {
    return Reflect.ownKeys(members).every(name => typeof Reflect.get(value, name) === members[name])
  } catch {
    return false
  }
}
