// docs/internals/findings.md names tests that exist, and gives each finding one test or one reason.

import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/internals/findings.md', root), 'utf8')
const rows = page
  .split('\n')
  .filter(line => line.startsWith('| ') && !/^\| (?:Number|---) \|/.test(line))
  .map(line => line.slice(2, -2).split(' | '))

const files = new Map<string, string | undefined>()

/** The source of a file below `test/`, without the escapes that quotes need in a title. */
function sourceOf(file: string): string | undefined {
  const url = new URL(`test/${file}`, root)
  if (!files.has(file)) {
    files.set(file, existsSync(url) ? readFileSync(url, 'utf8').replaceAll("\\'", "'") : undefined)
  }
  return files.get(file)
}

/** Why a row is wrong; `undefined` if it is right. */
function faultOf([number, finding, held = '', ...more]: string[]): string | undefined {
  const fault = (what: string) => `${number}: ${what}`
  if (!finding || more.length > 0) return fault('not three columns')
  if (held.startsWith('Stays: ')) return undefined
  const [, file, title] = /^`([^`]+\.test\.ts)`: `([^`]+)`$/.exec(held) ?? []
  if (file === undefined || title === undefined) return fault('neither a test nor a reason')
  const source = sourceOf(file)
  if (source === undefined) return fault(`no file ${file}`)
  const isThere = ["'", '"', '`'].some(quote => source.includes(`${quote}${title}${quote}`))
  return isThere ? undefined : fault(`no test of that name in ${file}`)
}

test('each finding names a test that exists, or the reason why it stays', () => {
  expect(rows.length).toBeGreaterThan(150)
  expect(rows.map(faultOf).filter(fault => fault !== undefined)).toEqual([])
})

test('no number is given twice', () => {
  const numbers = rows.map(([number]) => number)
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([])
})

test.each([
  ['| X1 | It fails | `unit/absent.test.ts`: `a test` |', /no file/],
  ['| X1 | It fails | `unit/findings.test.ts`: `no test has this\u0020name` |', /no test/],
  ['| X1 | It fails | later |', /neither/],
  ['| X1 | It fails | Stays: why | more |', /three/],
])('a wrong row is noticed: %s', (row, fault) => {
  expect(faultOf(row.slice(2, -2).split(' | '))).toMatch(fault)
})
