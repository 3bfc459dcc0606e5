// Draws one bar for the whole upload: confirmed bytes, bytes in flight, and remaining bytes.

import type { Glyphs } from '../live/glyphs.ts'
import { type Line, span } from '../live/lines.ts'

export interface Shares {
  readonly total: number
  /** Bytes confirmed in earlier runs. */
  readonly kept: number
  /** Bytes confirmed in this run. */
  readonly confirmed: number
  readonly flying: number
}

/**
 * Rounds down, so the bar is full only when everything is confirmed. The line is empty if the window has no
 * room.
 */
export function barLine(shares: Shares, room: number, { bar }: Glyphs): Line {
  const { total, kept, confirmed, flying } = shares
  const columns = Math.max(0, room)
  const upTo = (bytes: number) =>
    total === 0 ? columns : Math.min(columns, Math.floor((bytes / total) * columns))
  const [first, second, third] = [
    upTo(kept),
    upTo(kept + confirmed),
    upTo(kept + confirmed + flying),
  ]
  return [
    span(bar.kept.repeat(first), 'kept'),
    span(bar.confirmed.repeat(second - first), 'confirmed'),
    span(bar.flying.repeat(third - second), 'flying'),
    span(bar.rest.repeat(columns - third), 'faint'),
  ]
}
