// Measures how many columns of a terminal a string takes, and shortens strings to fit. It counts what a person sees
// as one character: Chinese, Japanese and Korean characters and emoji take two columns, accents take none.

import { eastAsianWidth } from 'get-east-asian-width'

/** Escape sequences for colours. They take no columns. */
const paintPattern = /\x1b\[[\d;]*m/g
/** Strings whose characters take one column each: ASCII, Latin letters, and the characters of the views. */
const plain = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2013-\u2026\u2500-\u259f]*$/
const emoji = /\p{Emoji_Presentation}|\ufe0f/u
const invisible = /^[\p{Mark}\p{Control}\p{Format}]+$/u

/** The segmenter is created when it is first needed, because most strings are ASCII. */
let segmenter: Intl.Segmenter | undefined

export function columnsOf(text: string): number {
  const bare = text.replace(paintPattern, '')
  if (plain.test(bare)) return bare.length
  return characters(bare).reduce((sum, character) => sum + columnsOfOne(character), 0)
}

/**
 * Shortens a string without colours to at most `columns` by removing its end. `mark` replaces the removed
 * part.
 */
export function cutEnd(text: string, columns: number, mark: string): string {
  if (columnsOf(text) <= columns) return text
  if (columns < columnsOf(mark)) return ''
  return beginning(characters(text), columns - columnsOf(mark)) + mark
}

/**
 * Shortens a string without colours to at most `columns` by removing its middle: the end of a path is worth
 * showing.
 */
export function cutMiddle(text: string, columns: number, mark: string): string {
  if (columnsOf(text) <= columns) return text
  const room = columns - columnsOf(mark)
  if (room < 2) return cutEnd(text, columns, mark)
  const all = characters(text)
  const head = beginning(all, Math.floor(room / 3))
  const tail = beginning([...all].reverse(), room - columnsOf(head))
  return head + mark + characters(tail).reverse().join('')
}

function beginning(all: readonly string[], columns: number): string {
  let taken = ''
  let left = columns
  for (const character of all) {
    left -= columnsOfOne(character)
    if (left < 0) break
    taken += character
  }
  return taken
}

function characters(text: string): string[] {
  if (plain.test(text)) return [...text]
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function columnsOfOne(character: string): number {
  if (invisible.test(character)) return 0
  return emoji.test(character) ? 2 : eastAsianWidth(character.codePointAt(0) ?? 0)
}
