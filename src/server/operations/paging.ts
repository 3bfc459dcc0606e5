import { utf8Size } from '../http/encoding.ts'
import { invalidArgument } from '../http/errors.ts'
import type { Query } from '../http/target.ts'

const pageMax = 1000
const markerSizeMax = 1023

/** Reads a page size from the query: 1 to 1000. The caller decides about 0 and about more than 1000. */
export function readPageSize(
  query: Query,
  name: string,
  options: {
    readonly default: number
    readonly isZeroAllowed?: boolean
    readonly isClamped?: boolean
  },
): number {
  const text = query.get(name) || undefined
  if (text === undefined) return options.default
  const size = Number(text)
  const isOver = size > pageMax && !options.isClamped
  const isUnder = size < (options.isZeroAllowed ? 0 : 1)
  if (!/^\d+$/.test(text) || isOver || isUnder) throw invalidArgument(name, text)
  return Math.min(size, pageMax)
}

/** Reads a prefix, delimiter or marker of less than 1024 bytes. */
export function readMarker(query: Query, name: string): string {
  const text = query.get(name) ?? ''
  if (utf8Size(text) > markerSizeMax) throw invalidArgument(name, text)
  return text
}

/** Reads `encoding-type`: `url` or `undefined`. */
export function readEncodingType(query: Query): string | undefined {
  const type = query.get('encoding-type') || undefined
  if (type !== undefined && type !== 'url') throw invalidArgument('encoding-type', type)
  return type
}
