// Control characters could move the cursor or worse. Those that change the direction of writing, or that are invisible,
// could make one name look like another.
const unsafe =
  /[\0-\x09\x0b-\x1f\x7f-\x9f]|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g

/**
 * Text that is safe on a terminal: keys and file names may hold anything. Unsafe characters are shown as `\x1b` or
 * `\u202e`; a line break stays one.
 */
export function printable(text: string): string {
  return text.replace(unsafe, escaped)
}

/** The same in one line, for names: one with a line break in it must not look like two. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', escaped)
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16)
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
}
