/**
 * Splits a command line into a program and its arguments, with quotes, as Alibaba's libraries read the CLI's
 * `process_command`. No shell reads it, so `$`, `|` and `*` are normal characters. A backslash quotes the next
 * character; on Windows, where it is part of paths, only a quote.
 * @returns `undefined` if a quote is not closed
 */
export function wordsOf(
  line: string,
  isWindows = process.platform === 'win32',
): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? ''
    const next = line[at + 1] ?? ''
    const escapes = isWindows ? quote === '"' && next === '"' : quote !== "'" && next !== ''
    if (letter === '\\' && escapes && (quote === '' || /["\\$`]/.test(next))) {
      word = (word ?? '') + next
      at++
    } else if (quote === '' && (letter === '"' || letter === "'")) {
      quote = letter
      word ??= ''
    } else if (letter === quote) {
      quote = ''
    } else if (quote === '' && /\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + letter
    }
  }
  if (word !== undefined) words.push(word)
  return quote === '' ? words : undefined
}
