// The translations of the README follow it: the same headings by level, the same code, tables, links and picture.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

/** Line 3 leads to the other languages. */
function shapeOf(name: string) {
  const text = read(name).split('\n').toSpliced(2, 1).join('\n')
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '')
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level),
    code: [...text.matchAll(/^```[\s\S]*?^```$/gm)].map(([block]) => block),
    figures: [...prose.matchAll(/^\|.*\|$/gm)].map(([row]) => row.match(/\d+\.\d+/g) ?? []),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target).sort(),
    points: [...prose.matchAll(/^(?:\d+\.|-) /gm)].length,
  }
}

test.each(['README.zh-CN.md', 'README.ja.md'])('%s keeps in step with README.md', name => {
  expect(shapeOf(name)).toEqual(shapeOf('README.md'))
})

test('each README leads to the others', () => {
  const names = ['README.md', 'README.zh-CN.md', 'README.ja.md']
  for (const name of names) {
    const others = names.filter(other => other !== name)
    for (const other of others) expect(read(name)).toContain(`](${other})`)
  }
})

test('the README is short, and shows both commands of a fresh clone', () => {
  const readme = read('README.md')
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
  expect(readme).toMatch(/^npm start\b/m)
  expect(readme).toMatch(/^npm test$/m)
})
