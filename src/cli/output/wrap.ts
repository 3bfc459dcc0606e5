import { columnsOf } from '../live/columns.ts'

/**
 * Wraps text between words so that no line is wider than `width`. Continued lines are indented like the
 * first. A word that is too wide, such as a path, stays in one piece so that it can be copied. So does a
 * command between backticks.
 */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map(line => wrapLine(line, width))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  if (columnsOf(line) <= width) return line
  const indent = /^ */.exec(line)?.[0] ?? ''
  const lines: string[] = []
  let current = ''
  for (const word of wordsOf(line.slice(indent.length))) {
    const longer = current === '' ? indent + word : `${current} ${word}`
    if (current === '' || columnsOf(longer) <= width) {
      current = longer
      continue
    }
    lines.push(current)
    current = indent + word
  }
  return [...lines, current].join('\n')
}

function wordsOf(text: string): string[] {
  const words: string[] = []
  let isQuoted = false
  for (const word of text.split(' ')) {
    if (isQuoted) words.push(`${words.pop()} ${word}`)
    else words.push(word)
    if (word.split('`').length % 2 === 0) isQuoted = !isQuoted
  }
  // A single backtick without a partner does not quote anything.
  return isQuoted ? text.split(' ') : words
}
