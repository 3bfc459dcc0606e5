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

test('every test that the table names exists', () => {
  const missing: string[] = []
  for (const [, , held = ''] of rows) {
    for (const [, path = '', titles = ''] of held.matchAll(/`([^`]+)`((?: "[^"]+",?)*)/g)) {
      if (!path.startsWith('test/') && !path.startsWith('scripts/')) continue
      const text = existsSync(at(path)) ? readFileSync(at(path), 'utf8') : ''
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) {
        if (!text.includes(title)) missing.push(`${path}: ${title}`)
      }
    }
  }
  expect(missing).toEqual([])
})
