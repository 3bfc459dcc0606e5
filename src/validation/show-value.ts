import { shown } from '../text/shown.ts'

/** Describes a value for messages by its kind only, because it may be secret or the content of an object. */
export function showKind(value: unknown): string {
  return typeof value === 'string' ? `a string of ${value.length} characters` : shown(value)
}
