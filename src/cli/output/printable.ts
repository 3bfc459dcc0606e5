/**
 * Text that is safe on a terminal: keys and file names may hold control characters, which could
 * move the cursor or worse. They are shown as `\x1b`; a line break stays one.
 */
export function printable(text: string): string {
  return text.replace(/[\0-\x09\x0b-\x1f\x7f-\x9f]/g, escaped)
}

/** The same in one line, for names: one with a line break in it must not look like two. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', escaped)
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
