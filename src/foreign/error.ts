// Errors that other code threw. `instanceof Error` is false for errors of another realm, and Jest and the vm pools
// of Vitest run every test in a realm of its own. So an error is recognised by its properties.

/** True for anything with the name and the message of an error, whichever realm made it. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  try {
    return (
      'name' in value &&
      typeof value.name === 'string' &&
      'message' in value &&
      typeof value.message === 'string'
    )
  } catch {
    // A getter or a proxy of the value threw an error.
    return false
  }
}

/** The `code` of a system error, such as `ENOENT`; `undefined` if it has none. */
export function codeOf(error: unknown): string | undefined {
  if (!isError(error)) return undefined
  try {
    return 'code' in error && typeof error.code === 'string' ? error.code : undefined
  } catch {
    return undefined
  }
}

/** The code of a system error for the end of a sentence, such as ` (ENOENT)`; empty if it has none. */
export function codeInBrackets(error: unknown): string {
  const code = codeOf(error)
  return code !== undefined && /^[A-Z][A-Z\d_]{1,40}$/.test(code) ? ` (${code})` : ''
}

/** The message of an error, or the string that was thrown in place of one. */
export function messageOf(error: unknown): string {
  if (isError(error)) return error.message
  return typeof error === 'string' ? error : `something that is no error (${typeof error})`
}
