// Finds the correct name for a misspelt one: for options and for the command's flags.

/** The candidate that differs from `word` by a few letters; `undefined` if none does. */
export function closestMatch(word: string, candidates: readonly string[]): string | undefined {
  // A longer word is no misspelt name, and computing its distance would take long.
  if (word.length > 60) return undefined
  const ranked = candidates
    .map(candidate => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  const distanceMax = Math.min(word.length - 1, Math.max(2, word.length / 4))
  return best !== undefined && best.distance <= distanceMax ? best.candidate : undefined
}

/** Levenshtein's distance: the number of letters to insert, drop or change. */
function editDistance(a: string, b: string): number {
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
