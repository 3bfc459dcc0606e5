// OSS's own behaviour for ranges (3.3). By default, a range that does not fit is ignored, and the whole object is
// sent with 200. Only with `x-oss-range-behavior: standard` is the range shortened or refused.

import { OssFault } from '../http/errors.ts'

export interface ByteRange {
  readonly start: number
  /** End of the range, exclusive. */
  readonly end: number
}

/** @returns the range to send with 206; `undefined` for the whole object with 200 */
export function readRange(
  range: string | undefined,
  size: number,
  options: { readonly isStandard: boolean; readonly isBadRefused: boolean },
): ByteRange | undefined {
  if (range === undefined) return undefined
  const refused = () =>
    new OssFault('InvalidRange', { headers: { 'content-range': `bytes */${size}` } })
  const parts = /^bytes=(\d*)-(\d*)$/.exec(range.trim())
  const [, first = '', last = ''] = parts ?? []
  const isBad =
    !parts || (first === '' && last === '') || (last !== '' && Number(last) < Number(first))
  if (isBad) {
    if (options.isStandard && options.isBadRefused) throw refused()
    return undefined
  }
  if (first === '') {
    const length = Number(last)
    if (length >= 1 && length <= size) return { start: size - length, end: size }
    if (!options.isStandard) return undefined
    if (length === 0 || size === 0) throw refused()
    return { start: 0, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Number(last) + 1
  if (start >= size) {
    if (options.isStandard) throw refused()
    return undefined
  }
  if (end <= size) return { start, end }
  return options.isStandard ? { start, end: size } : undefined
}
