import { shown } from '../text/shown.ts'

/** A value that may be secret, or the content of an object: only its kind, for messages. */
export function showKind(value: unknown): string {
  return typeof value === 'string' ? `a string of ${value.length} characters` : shown(value)
}
