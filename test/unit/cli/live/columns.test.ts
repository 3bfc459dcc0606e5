import { expect, test } from 'vitest'
import { columnsOf, cutEnd, cutMiddle } from '../../../../src/cli/live/columns.ts'

test.each([
  ['', 0],
  ['backup.tar', 10],
  ['é', 1],
  ['e\u0301', 1],
  ['视频.mp4', 8],
  ['ﾃｽﾄ', 3],
  ['한글', 4],
  ['🎬.mov', 6],
  ['👨‍👩‍👧', 2],
  ['❤️', 2],
  ['×·▆━…', 5],
  ['\x1b[32m▆▆\x1b[0m', 2],
  ['a\u200bb', 2],
])('%j takes %d columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns)
})

test.each([
  ['backup.tar', 10, 'backup.tar'],
  ['backup.tar', 7, 'backup…'],
  ['视频文件', 7, '视频文…'],
  ['视频文件', 6, '视频…'],
  ['视频文件', 1, '…'],
  ['视频文件', 0, ''],
])('of %j the beginning in %d columns: %j', (text, columns, cut) => {
  expect(cutEnd(text, columns, '…')).toBe(cut)
})

test.each([
  ['films/2026/holiday.mov', 22, 'films/2026/holiday.mov'],
  ['films/2026/holiday.mov', 13, 'film…iday.mov'],
  ['电影/2026/假期.mov', 12, '电…/假期.mov'],
  ['holiday.mov', 2, 'h…'],
])('of %j both ends in %d columns: %j', (text, columns, cut) => {
  const shown = cutMiddle(text, columns, '…')
  expect(shown).toBe(cut)
  expect(columnsOf(shown)).toBeLessThanOrEqual(columns)
})
