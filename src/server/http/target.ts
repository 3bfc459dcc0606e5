// Path and query of a request, decoded exactly once. Nothing is normalised: `a//b`, `./` and `../` are keys.

import { percentDecode } from './encoding.ts'

/** Query parameters, decoded. `?uploads` and `?uploads=` are the same. */
export class Query {
  /** Names and values in the order received, including repeated names. */
  readonly pairs: readonly (readonly [name: string, value: string])[]

  constructor(pairs: readonly (readonly [string, string])[]) {
    this.pairs = pairs
  }

  /** Returns the first value of that name. */
  get(name: string): string | undefined {
    return this.pairs.find(pair => pair[0] === name)?.[1]
  }

  has(name: string): boolean {
    return this.pairs.some(pair => pair[0] === name)
  }
}

export interface Target {
  /** The decoded path. It starts with `/`. */
  readonly path: string
  readonly query: Query
}

/**
 * Parses the target of a request.
 * @throws {EncodingError} if a part is not UTF-8
 */
export function parseTarget(target: string): Target {
  // A client that uses the server as a proxy sends the whole URL.
  const local = target.replace(/^https?:\/\/[^/?]*/i, '')
  const mark = local.indexOf('?')
  const path = mark < 0 ? local : local.slice(0, mark)
  const search = mark < 0 ? '' : local.slice(mark + 1)
  const pairs = search
    .split('&')
    .filter(piece => piece !== '')
    .map(piece => {
      const equals = piece.indexOf('=')
      return equals < 0
        ? ([percentDecode(piece), ''] as const)
        : ([percentDecode(piece.slice(0, equals)), percentDecode(piece.slice(equals + 1))] as const)
    })
  const decoded = percentDecode(path)
  return { path: decoded.startsWith('/') ? decoded : `/${decoded}`, query: new Query(pairs) }
}
