import { expect, test } from 'vitest'
import { glyphsFor } from '../../../../src/cli/live/glyphs.ts'
import { barLine } from '../../../../src/cli/view/bar-line.ts'

const shares = { total: 100, kept: 20, confirmed: 30, flying: 25 }
const widthOf = (columns: number) =>
  barLine(shares, columns, glyphsFor({ unicode: false, colour: false })).reduce(
    (sum, { text }) => sum + text.length,
    0,
  )

test.each([1, 2, 7, 40, 200])('fills %d columns', columns => {
  expect(widthOf(columns)).toBe(columns)
})

test.each([0, -1, -7])('is empty where there are %d', columns => {
  expect(widthOf(columns)).toBe(0)
})
