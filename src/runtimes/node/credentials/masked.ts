// What others wrote may quote a secret. Before it is shown, everything that could be one is taken out.

/** An access key id is no secret, but its end is enough to know it again. */
export function shortId(accessKeyId: string): string {
  const visible = accessKeyId.length >= 16 ? 4 : 2
  return `${accessKeyId.slice(0, visible)}…${accessKeyId.slice(-visible)}`
}

/** Characters of keys, tokens and their encodings, long enough for a secret. */
const words = /[\w+/=%.~-]{16,}/g

/**
 * One line of somebody else's text, its end if it is long. A word is taken out if it looks drawn by lot:
 * secrets mix cases or digits, words of a language and names of files mostly do not.
 */
export function masked(text: string, lengthMax = 300): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(words, word => (/[a-z][A-Z]|\d[A-Za-z]|[A-Za-z]\d/.test(word) ? '***' : word))
    .trim()
  return line.length <= lengthMax ? line : `…${line.slice(-lengthMax)}`
}
