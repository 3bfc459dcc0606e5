// Translated pages follow the English ones: the same headings by level, the same code, figures, links and points.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

/** Line 3 leads to the other languages. */
function shapeOf(name: string) {
  const text = read(name).split('\n').toSpliced(2, 1).join('\n')
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '')
  const links = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target)
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level),
    code: [...text.matchAll(/^```[\s\S]*?^```$/gm)].map(([block]) => block),
    figures: [...prose.matchAll(/^\|.*\|$/gm)].map(([row]) => row.match(/\d+\.\d+/g) ?? []),
    // A translation lies one folder deeper, and may lead to another one.
    links: links.map(target => target.replace(/(\.\.\/|zh-CN\/|ja\/)/g, '')).sort(),
    points: [...prose.matchAll(/^(?:\d+\.|-) /gm)].length,
  }
}

const pages = [
  ['README.md', 'README.zh-CN.md', 'README.ja.md'],
  ...['getting-started.md'].map(name =>
    ['', 'zh-CN/', 'ja/'].map(folder => `docs/guide/${folder}${name}`),
  ),
]
const translations = pages.flatMap(([english = '', ...others]) =>
  others.map((other): [string, string] => [other, english]),
)

test.each(translations)('%s keeps in step with %s', (translation, english) => {
  expect(shapeOf(translation)).toEqual(shapeOf(english))
})

test.each(pages.flat())('%s leads to its other languages in line 3', name => {
  expect(read(name).split('\n')[2]?.match(/\]\(/g)).toHaveLength(2)
})

test('the README is short, and shows both commands of a fresh clone', () => {
  const readme = read('README.md')
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
  expect(readme).toMatch(/^npm start\b/m)
  expect(readme).toMatch(/^npm test$/m)
})
