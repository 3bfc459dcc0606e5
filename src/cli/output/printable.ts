// Unsafe characters. Control characters could move the cursor or do worse. Invisible characters and those that
// change the direction of writing could make one name look like another.
const unsafe =
  /[\0-\x09\x0b-\x1f\x7f-\x9f]|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g

/**
 * Makes a string safe to print on a terminal, since keys and file names may contain any character. Unsafe
 * characters are shown as `\x1b` or `\u202e`. Line breaks are kept.
 */
export function printable(text: string): string {
  return text.replace(unsafe, escaped)
}

/**
 * Makes a name safe to print in one line. A line break is shown as an escape, so that one name does not look
 * like two.
 */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', escaped)
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16)
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
}
