// What a person meant who wrote a name that does not exist: for options and for the command's flags.

/** The candidate that is a slip of the fingers away from `word`, if there is one. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map(candidate => ({ candidate, slips: slipsBetween(word, candidate) }))
    .sort((a, b) => a.slips - b.slips)
  const [best] = ranked
  const slipsMax = Math.min(word.length - 1, Math.max(2, word.length / 4))
  return best !== undefined && best.slips <= slipsMax ? best.candidate : undefined
}

/** Levenshtein's distance: letters to insert, drop or change. */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const change = row[j]! + (letter === other ? 0 : 1)
      next.push(Math.min(change, row[j + 1]! + 1, next[j]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
