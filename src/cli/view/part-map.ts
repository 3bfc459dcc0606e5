// Arranges the parts of an upload as cells of a map. A cell is a range of the source. It covers one part if there
// is room, otherwise a whole number of parts. Cells are ranges rather than part numbers, so they do not move while
// part sizes are chosen during the upload. Pure.

import type { PartProgress } from '../../runtimes/node/index.ts'

export interface Cell {
  /** `failed`: a part in it must be sent again. `flying`: a part in it is in flight. */
  readonly kind: 'waiting' | 'kept' | 'confirmed' | 'flying' | 'failed'
  /** How much of the cell is sent or confirmed, 0 to 1. */
  readonly fill: number
}

export interface PartMap {
  readonly cells: readonly Cell[]
  /** Bytes per cell. The last cell may be smaller. */
  readonly cellSize: number
}

/** The approximate bytes per cell while part sizes are chosen during the upload. */
const cellSizeWanted = 4 * 1024 ** 2

/**
 * @param totalBytes `undefined` if not known; the map then grows with the parts
 * @param room columns and rows for cells
 */
export function mapParts(
  parts: readonly PartProgress[],
  totalBytes: number | undefined,
  room: { readonly columns: number; readonly rows: number },
): PartMap {
  const end = parts.reduce((most, { position, size }) => Math.max(most, position + size), 0)
  const total = totalBytes ?? end
  if (parts.length === 0 || total === 0) return { cells: [], cellSize: 0 }
  const cellSize =
    totalBytes === undefined
      ? growingSize(parts, end, room)
      : (equalSize(parts, total, room) ?? evenSize(total, room))
  const tallies = Array.from({ length: Math.ceil(total / cellSize) }, newTally)
  for (const part of parts) tallyPart(tallies, part, cellSize)
  const cells = tallies.map((tally, index) =>
    cellOf(tally, Math.min(cellSize, total - index * cellSize)),
  )
  return { cells, cellSize }
}

interface Room {
  readonly columns: number
  readonly rows: number
}

/** The bytes per cell if all parts were planned with one size: a whole number of parts. */
function equalSize(
  parts: readonly PartProgress[],
  total: number,
  { columns, rows }: Room,
): number | undefined {
  const size = parts.reduce((most, part) => Math.max(most, part.size), 0)
  const count = Math.ceil(total / size)
  const isWhole = (part: PartProgress) =>
    part.position % size === 0 && (part.size === size || part.position + part.size === total)
  if (count !== parts.length || !parts.every(isWhole)) return undefined
  return size * Math.ceil(count / (columns * rows))
}

/** The bytes per cell that fill whole rows, with more rows for more bytes. */
function evenSize(total: number, { columns, rows }: Room): number {
  const deserved = Math.ceil(total / (columns * cellSizeWanted))
  return Math.ceil(total / (columns * Math.min(rows, deserved)))
}

/** The bytes per cell of a source of unknown size: one part, later two, four, and so on. */
function growingSize(parts: readonly PartProgress[], end: number, room: Room): number {
  let size = parts.reduce((least, part) => Math.min(least, part.size), Number.POSITIVE_INFINITY)
  // The last part of a stream may be tiny.
  size = Math.max(size, parts[0]?.size ?? size, 1)
  while (Math.ceil(end / size) > room.columns * room.rows) size *= 2
  return size
}

interface Tally {
  kept: number
  confirmed: number
  flying: number
  isFlying: boolean
  isFailed: boolean
}

function newTally(): Tally {
  return { kept: 0, confirmed: 0, flying: 0, isFlying: false, isFailed: false }
}

/** Adds a part to the cells that it overlaps. */
function tallyPart(tallies: readonly Tally[], part: PartProgress, cellSize: number): void {
  const { position, size, state, attempts, sentBytes } = part
  if (state === 'waiting') return
  const isFailed = state === 'retrying' || (state === 'sending' && attempts > 1)
  const end = position + size
  for (let index = Math.floor(position / cellSize); index * cellSize < end; index++) {
    const tally = tallies[index]
    if (tally === undefined) return
    const from = Math.max(position, index * cellSize)
    const to = Math.min(end, (index + 1) * cellSize)
    if (state === 'kept') tally.kept += to - from
    else if (state === 'confirmed') tally.confirmed += to - from
    else {
      tally.isFlying = true
      tally.isFailed ||= isFailed
      tally.flying += Math.max(0, Math.min(to, position + sentBytes) - from)
    }
  }
}

function cellOf({ kept, confirmed, flying, isFlying, isFailed }: Tally, size: number): Cell {
  const done = kept + confirmed
  const fill = Math.min(1, (done + flying) / size)
  if (isFailed) return { kind: 'failed', fill }
  if (isFlying) return { kind: 'flying', fill }
  if (done === 0) return { kind: 'waiting', fill: 0 }
  return { kind: kept > confirmed ? 'kept' : 'confirmed', fill }
}
