import { expect, test } from 'vitest'
import { FileSlots } from '../../../../src/cli/view/file-slots.ts'

const file = (key: string, size = 1) => ({ path: key, key, size, snapshot: undefined })

function placer(rows = 3) {
  const slots = new FileSlots()
  return (now: number, ...keys: string[]) =>
    slots
      .place(
        keys.map(key => file(key, key.charCodeAt(0))),
        rows,
        now,
      )
      .map(placed => placed?.key ?? '-')
}

test('a file is shown once it has been under way for a moment', () => {
  const place = placer()
  expect(place(0, 'a')).toEqual([])
  expect(place(600, 'a', 'b')).toEqual([])
  expect(place(800, 'a', 'b')).toEqual(['a'])
  expect(place(1400, 'a', 'b')).toEqual(['a', 'b'])
})

test('a file keeps its row until it is done; the row is then free for another', () => {
  const place = placer()
  place(0, 'a', 'b', 'c', 'd')
  expect(place(1000, 'a', 'b', 'c', 'd')).toEqual(['d', 'c', 'b'])
  expect(place(1100, 'a', 'b', 'd')).toEqual(['d', 'a', 'b'])
  expect(place(1200, 'a', 'b')).toEqual(['-', 'a', 'b'])
  expect(place(1300, 'a', 'b', 'e')).toEqual(['-', 'a', 'b'])
  expect(place(2300, 'a', 'b', 'e')).toEqual(['e', 'a', 'b'])
})

test('small files that come and go are never shown', () => {
  const place = placer()
  for (let now = 0; now < 20_000; now += 100)
    expect(place(now, `${now}`, `${now + 100}`)).toEqual([])
})

test('rows do not become fewer while the files do', () => {
  const place = placer()
  place(0, 'a', 'b')
  expect(place(1000, 'a', 'b')).toHaveLength(2)
  expect(place(1100)).toEqual(['-', '-'])
})
