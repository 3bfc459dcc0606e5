import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

it('every fact has a test, and every number in a test is a fact', () => {
  const facts = [...read('../../../docs/internals/oss-facts.md').matchAll(/^\| (F\d{2,3}) /gm)].map(
    ([, fact]) => fact,
  )
  const tested = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .flatMap(name => [...read(name).matchAll(/'(F\d{2,3}) /g)].map(([, fact]) => fact))
  expect(facts.length).toBe(new Set(facts).size)
  expect([...new Set(tested)].sort()).toEqual([...facts].sort())
})
