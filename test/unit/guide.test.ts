// What holds for every page of the guide: generated sections are up to date, tables fit a phone, and no page
// installs from a registry that does not have the package.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const script = (name: string) => import(new URL(`../../scripts/${name}`, import.meta.url).href)
const { docstring } = await script('docstrings.mjs')
const guide: { loadCommands(): Promise<object>; guidePages(cli: object): Map<string, string> } =
  await script('guide.mjs')
const pages = [...guide.guidePages(await guide.loadCommands())]

const documents = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
]

test('there is a guide', () => {
  expect(pages.length).toBeGreaterThan(10)
  expect(documents.length).toBeGreaterThan(20)
})

test.each(pages)('%s: generated sections are those of `npm run guide`', (path, text) => {
  expect(read(path)).toBe(text)
})

test.each(pages)('%s: no table has more than three columns', (_, text) => {
  const columns = (row: string) => row.replaceAll(/`[^`]*`/g, '').split(/(?<!\\)\|/).length - 2
  const rules = [...text.matchAll(/^\|(?:\s*:?-+:?\s*\|)+$/gm)].map(([row]) => row)
  expect(rules.filter(row => columns(row) > 3)).toEqual([])
})

test('no document installs from a registry', () => {
  const pattern = /npm (?:i|install|add)(?: -\S+)* ossup(?![-/\w])|npx (?:-y )?ossup/g
  const found = documents.flatMap(path =>
    [...read(path).matchAll(pattern)].map(([text]) => `${path}: ${text}`),
  )
  expect(found).toEqual([])
})

test('a docstring becomes text, default, unit, codes and example', () => {
  const comment = `  /**
   * Size of every part.
   * Unit: bytes, 102,400 to 5,368,709,120.
   * @default 'auto'
   * @throws {OptionError} \`INVALID_PART_SIZE\` outside that range.
   * Source: a page.
   */`
  expect(docstring(comment)).toEqual({
    text: 'Size of every part.',
    unit: 'bytes, 102,400 to 5,368,709,120',
    defaultValue: "`'auto'`",
    codes: ['INVALID_PART_SIZE'],
    example: undefined,
  })
  expect(docstring('/** How often. Range: 1 to 100. @default 8 */')).toMatchObject({
    text: 'How often.',
    unit: '1 to 100',
    defaultValue: '`8`',
  })
})
