// Merges several walks in the order of the keys. In that order, two files for the same object follow each other, so
// duplicates are found without storing all keys.

import { OptionError } from '../errors.ts'
import { compareKeys } from '../oss/key-order.ts'
import type { Found, FoundFile } from './found.ts'

/**
 * Merges walks. Each walk must be in the order of its keys. A file that two walks found is returned once. Two
 * different files with the same key are a fault, because only one of them can become the object.
 */
export async function* mergeFound(walks: readonly AsyncIterable<Found>[]): AsyncGenerator<Found> {
  const iterators = walks.map(walk => walk[Symbol.asyncIterator]())
  try {
    const heads = await Promise.all(iterators.map(nextOf))
    let last: FoundFile | undefined
    for (;;) {
      const index = indexOfFirst(heads)
      const found = heads[index]
      if (found === undefined) return
      if (found.kind !== 'file' || found.key !== last?.key) yield found
      else if (found.id !== last.id) yield sameKey(found, last)
      if (found.kind === 'file') last = found
      heads[index] = await nextOf(iterators[index]!)
    }
  } finally {
    await Promise.all(iterators.map(iterator => iterator.return?.()))
  }
}

async function nextOf(iterator: AsyncIterator<Found>): Promise<Found | undefined> {
  const { done, value } = await iterator.next()
  return done === true ? undefined : value
}

/**
 * Finds the walk with the smallest key. A plain search is fast enough, because users name few folders. Items that are
 * not files come first: their keys may not be valid, so they cannot be ordered.
 */
function indexOfFirst(heads: readonly (Found | undefined)[]): number {
  const other = heads.findIndex(head => head !== undefined && head.kind !== 'file')
  if (other >= 0) return other
  let first = 0
  for (const [index, head] of heads.entries()) {
    const best = heads[first]
    if (head !== undefined && (best === undefined || compareKeys(head.key, best.key) < 0)) {
      first = index
    }
  }
  return first
}

function sameKey({ path, key }: Found, { path: other }: Found): Found {
  const error = new OptionError('KEY_TWICE', `${path} has the same key as ${other}`, {
    key,
    options: ['sources'],
    hint: 'Rename one of them, or upload it below another prefix',
  })
  return { kind: 'fault', path, key, error }
}
