import { expect, test } from 'vitest'
import { type Cell, mapParts } from '../../../../src/cli/view/part-map.ts'
import type { PartProgress } from '../../../../src/progress/snapshot.ts'

const size = 1000

function part(index: number, change: Partial<PartProgress> = {}): PartProgress {
  return {
    partNumber: index + 1,
    position: index * size,
    size,
    state: 'waiting',
    sentBytes: 0,
    attempts: 0,
    ...change,
  }
}

/** One letter for a cell, with its fill in tenths where it is not whole. */
function drawn(cells: readonly Cell[]): string {
  return cells
    .map(
      ({ kind, fill }) =>
        kind.slice(0, 1) + (fill === 0 || fill === 1 ? '' : Math.floor(fill * 10)),
    )
    .join(' ')
}

const room = { columns: 10, rows: 2 }

test('each part has a cell where there is room, and its state', () => {
  const parts = [
    part(0, { state: 'kept' }),
    part(1, { state: 'confirmed', sentBytes: size }),
    part(2, { state: 'sending', sentBytes: 300, attempts: 1 }),
    part(3, { state: 'sending', sentBytes: 0, attempts: 1 }),
    part(4, { state: 'retrying', attempts: 1 }),
    part(5, { state: 'sending', sentBytes: 500, attempts: 2 }),
    part(6),
    part(7, { size: 400 }),
  ]
  expect(drawn(mapParts(parts, 7400, room).cells)).toBe('k c f3 f f f5 w w')
  const kinds = mapParts(parts, 7400, room).cells.map(({ kind }) => kind)
  expect(kinds.filter(kind => kind === 'flying')).toHaveLength(2)
  expect(kinds.filter(kind => kind === 'failed')).toHaveLength(2)
})

test('more parts than cells: a cell is a whole number of parts', () => {
  const parts = Array.from({ length: 50 }, (_, index) =>
    part(index, index < 25 ? { state: 'kept' } : index < 28 ? { state: 'confirmed' } : {}),
  )
  const map = mapParts(parts, 50_000, room)
  expect(map.cellSize).toBe(3 * size)
  expect(map.cells).toHaveLength(17)
  // The ninth holds one of before and two of now, the tenth one of now.
  expect(drawn(map.cells.slice(7, 11))).toBe('k c c3 w')
})

test('a part that failed is seen in a group of thousands', () => {
  const parts = Array.from({ length: 10_000 }, (_, index) =>
    part(index, index === 5000 ? { state: 'retrying', attempts: 3 } : { state: 'confirmed' }),
  )
  const { cells } = mapParts(parts, 10_000 * size, room)
  expect(cells.filter(({ kind }) => kind === 'failed')).toHaveLength(1)
  expect(cells.length).toBeLessThanOrEqual(20)
})

test('parts that are cut on the way lie where their bytes are, and no cell moves', () => {
  const mib = 1024 ** 2
  const total = 80 * mib
  const first = { ...part(0), size: 8 * mib, state: 'confirmed' as const }
  const second = { ...part(1), position: 8 * mib, size: 20 * mib, state: 'sending' as const }
  const before = mapParts([first], total, room)
  const after = mapParts([first, { ...second, sentBytes: 10 * mib }], total, room)
  expect(after.cellSize).toBe(before.cellSize)
  expect(drawn(before.cells)).toBe(`c c ${'w '.repeat(18).trim()}`)
  expect(drawn(after.cells)).toBe(`c c f f f5 f f ${'w '.repeat(13).trim()}`)
})

test('where the end is not known the map grows, and halves when it is full', () => {
  const cells = (count: number) =>
    mapParts(
      Array.from({ length: count }, (_, index) => part(index, { state: 'confirmed' })),
      undefined,
      room,
    ).cells.length
  expect([1, 5, 20, 21, 40, 41].map(cells)).toEqual([1, 5, 20, 11, 20, 11])
})

test('a tiny last part of a stream does not make cells tiny', () => {
  const parts = [part(0, { state: 'confirmed' }), part(1, { size: 1, state: 'confirmed' })]
  expect(mapParts(parts, undefined, room)).toMatchObject({ cellSize: size })
})

test('without parts there is no map', () => {
  expect(mapParts([], 5000, room).cells).toEqual([])
  expect(mapParts([], undefined, room).cells).toEqual([])
})
