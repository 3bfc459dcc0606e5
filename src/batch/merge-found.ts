// Several walks as one, in the order of the keys. That order makes what would become the same object
// neighbours, so it is seen without keeping all keys in mind.

import { OptionError } from '../errors.ts'
import { compareKeys } from '../oss/key-order.ts'
import type { Found, FoundFile } from './found.ts'

/**
 * Merges walks, each in the order of its keys. A file that was come by twice is given once; another
 * file with the same key is a fault, since only one of them can become the object.
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
 * Named folders are few: to look at each is as good as anything cleverer. Anything but a file has no
 * place in the order, since its key may not be valid.
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
