// Reads JSON of other programs, which may have any content, and never quotes it.

/** Parses JSON; `undefined` if it is not JSON. The text itself must not get into a message. */
export function json(text: string): unknown {
  try {
    // Editors on Windows put a byte order mark before it.
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

/** The fields of a JSON object; no fields for other values. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** A string that is not empty, without blanks and line breaks around it. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return value.trim() || undefined
}
