import { expect, test } from 'vitest'
import { locatePart, locateSideBySide } from '../../../src/plan/locate-parts.ts'

const cuts = [
  { n: 1, o: 0, s: 100, k: 4 },
  { n: 9, o: 200, s: 300, k: 4 },
  { n: 13, o: 500, s: 50, k: 1 },
]

const cases = [
  { what: 'the first', part: { partNumber: 1, size: 100 }, positions: [0] },
  { what: 'the next number of the same cut', part: { partNumber: 5, size: 100 }, positions: [100] },
  { what: 'of a later cut', part: { partNumber: 9, size: 300 }, positions: [200] },
  {
    what: 'a part that was planned again, by its size',
    part: { partNumber: 13, size: 50 },
    positions: [500],
  },
  { what: 'and as it was before', part: { partNumber: 13, size: 300 }, positions: [500] },
  { what: 'a number that no cut gives', part: { partNumber: 6, size: 100 }, positions: [] },
  { what: 'the last part may be shorter', part: { partNumber: 21, size: 200 }, positions: [1100] },
  { what: 'a part of another size', part: { partNumber: 5, size: 99 }, positions: [] },
]

test.each(cases)('$what', ({ part, positions }) => {
  expect(locatePart(part, cuts, 1300).map(({ position }) => position)).toEqual(positions)
})

test('parts of any sizes are found from the beginning up to a hole, and from the end back to it', () => {
  const listed = [
    { partNumber: 33, size: 400 },
    { partNumber: 1, size: 100 },
    { partNumber: 5, size: 250 },
  ]
  const found = locateSideBySide(listed, 1000)
  expect(found).toContainEqual({ partNumber: 1, position: 0, size: 100 })
  expect(found).toContainEqual({ partNumber: 5, position: 100, size: 250 })
  expect(found).toContainEqual({ partNumber: 33, position: 600, size: 400 })
})

test('more than the source has is found nowhere', () => {
  expect(locateSideBySide([{ partNumber: 1, size: 11 }], 10)).toEqual([])
})
