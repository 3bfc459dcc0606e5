import { expect, test } from 'vitest'
import { TimeLeft } from '../../../../src/cli/view/time-left.ts'

const [s, min, h, day] = [1000, 60_000, 3_600_000, 86_400_000]

test.each([
  [0, 'a few seconds left'],
  [5 * s, 'a few seconds left'],
  [7 * s, 'about 10 s left'],
  [31 * s, 'about 40 s left'],
  [61 * s, 'about 2 min left'],
  [9.5 * min, 'about 10 min left'],
  [41 * min, 'about 45 min left'],
  [61 * min, 'about 1 h 15 min left'],
  [2 * h, 'about 2 h left'],
  [7.2 * h, 'about 8 h left'],
  [50 * h, 'about 3 days left'],
  [30 * day, 'about 30 days left'],
])('%d ms: %s', (ms, text) => {
  expect(new TimeLeft().text(ms)).toBe(text)
})

test('nothing is said where nothing is known', () => {
  expect(new TimeLeft().text(undefined)).toBeUndefined()
})

test('a wavering estimate does not make it flap', () => {
  const left = new TimeLeft()
  const texts = Array.from({ length: 100 }, (_, step) =>
    left.text(3 * min + (step % 2 === 0 ? 25 : -25) * s),
  )
  const changes = texts.filter((text, index) => index > 0 && text !== texts[index - 1])
  expect(changes).toEqual(['about 3 min left'])
})

test('counting down, each text comes once and in order', () => {
  const left = new TimeLeft()
  const texts: (string | undefined)[] = []
  for (let ms = 2 * h; ms >= 0; ms -= s) {
    const text = left.text(ms)
    if (text !== texts.at(-1)) texts.push(text)
  }
  expect(new Set(texts).size).toBe(texts.length)
  expect(texts.slice(0, 3)).toEqual([
    'about 2 h left',
    'about 1 h 45 min left',
    'about 1 h 30 min left',
  ])
  expect(texts.slice(-3)).toEqual(['about 15 s left', 'about 10 s left', 'a few seconds left'])
})

test('a line that became much slower is told', () => {
  const left = new TimeLeft()
  left.text(3 * min)
  expect(left.text(8 * min)).toBe('about 8 min left')
})
