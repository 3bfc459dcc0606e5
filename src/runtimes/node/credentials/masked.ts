// Masks text of other programs before it is shown: all words that could be a secret are removed.

/** An access key id is not secret, but its end is enough to recognise it. */
export function shortId(accessKeyId: string): string {
  const visible = accessKeyId.length >= 16 ? 4 : 2
  return `${accessKeyId.slice(0, visible)}…${accessKeyId.slice(-visible)}`
}

/** A word that is long enough for a secret, with characters of keys, tokens and their encodings. */
const words = /[\w+/=%.~-]{16,}/g

/**
 * One line of foreign text; only its end if it is long. A word is removed if it looks random: secrets mix upper case,
 * lower case and digits; words and file names usually do not.
 */
export function masked(text: string, lengthMax = 300): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(words, word => (/[a-z][A-Z]|\d[A-Za-z]|[A-Za-z]\d/.test(word) ? '***' : word))
    .trim()
  return line.length <= lengthMax ? line : `…${line.slice(-lengthMax)}`
}
