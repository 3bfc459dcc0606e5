// The table of findings (docs/internals/findings.md) names tests. Each of them must exist, under that name.

import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const at = (path: string) => new URL(`../../${path}`, import.meta.url)
const rows = readFileSync(at('docs/internals/findings.md'), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && !/^\| (?:number|---)/.test(line))
  .map(line => line.split(' | ').map(cell => cell.replace(/^\| | \|$/g, '')))

test('every finding has a test, or a reason why it stays', () => {
  expect(rows.length).toBeGreaterThan(140)
  for (const [number = '', finding = '', held = ''] of rows) {
    expect(number).not.toBe('')
    expect(finding).not.toBe('')
    expect(held, number).toMatch(/^stays\b|^`(?:test|scripts)\//)
  }
})

/** @returns the tests that a cell names and that do not exist. In a test file the whole name counts. */
function missingIn(held: string): string[] {
  const missing: string[] = []
  for (const [, path = '', titles = ''] of held.matchAll(/`([^`]+)`((?: "[^"]+",?)*)/g)) {
    if (!path.startsWith('test/') && !path.startsWith('scripts/')) continue
    const text = existsSync(at(path)) ? readFileSync(at(path), 'utf8').replaceAll("\\'", "'") : ''
    const quotes = path.endsWith('.test.ts') ? ["'", '"', '`'] : ['']
    for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) {
      const isThere = quotes.some(quote => text.includes(quote + title + quote))
      if (!isThere) missing.push(`${path}: ${title}`)
    }
  }
  return missing
}

test('every test that the table names exists', () => {
  expect(rows.flatMap(([, , held = '']) => missingIn(held))).toEqual([])
})

test('a name that is only the beginning of another, and a missing file, are noticed', () => {
  const here = 'test/unit/findings.test.ts'
  const name = 'every test that the table names exists'
  expect(missingIn(`\`${here}\` "${name}"`)).toEqual([])
  expect(missingIn(`\`${here}\` "${name.slice(0, -7)}"`)).toHaveLength(1)
  expect(missingIn('`test/unit/absent.test.ts` "a test"')).toHaveLength(1)
})
