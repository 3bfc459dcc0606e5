// What holds for every page of the guide: generated sections are up to date, tables fit a phone, and no page
// installs from a registry that does not have the package.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const script = (name: string) => import(new URL(`../../scripts/${name}`, import.meta.url).href)
const { docstring } = await script('docstrings.mjs')
interface Cli {
  readonly commands: readonly { readonly command: { readonly flags: object } }[]
}
const guide: { loadCommands(): Promise<Cli>; guidePages(cli: Cli): Map<string, string> } =
  await script('guide.mjs')
const cli = await guide.loadCommands()
const pages = [...guide.guidePages(cli)]

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

test('every flag that a document names exists', () => {
  const flags = new Set(cli.commands.flatMap(({ command }) => Object.keys(command.flags)))
  expect(flags.size).toBeGreaterThan(40)
  const named = documents.flatMap(path => {
    const spoken = [...read(path).matchAll(/`((?:ossup |--)[^`\n]*)`|^ossup .*$|\| ossup .*$/gm)]
    return spoken.flatMap(([text]) =>
      [...text.matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map(
        ([, flag = '']) => [path, flag] as const,
      ),
    )
  })
  // Of other programs: Node.js, curl, our own scripts.
  const others = new Set([
    'version',
    'help',
    'cacert',
    'ssr',
    'rig',
    'no-opt',
    'maglev',
    'json',
    'story',
    'bugs',
  ])
  const isOther = (path: string, flag: string) =>
    others.has(flag) || path.endsWith('internals/performance.md')
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter(([path, flag]) => !flags.has(flag) && !isOther(path, flag))).toEqual([])
})

test('the first release is a list of features: a merge may bring back old entries', () => {
  const [release = ''] = /^## 0\.1\.0[\s\S]*?(?=^## |$(?![\s\S]))/m.exec(read('CHANGELOG.md')) ?? []
  expect(release.trimEnd().split('\n').length).toBeLessThanOrEqual(40)
})

test('the site leads to every page', () => {
  const config = read('site/.vitepress/config.mjs')
  const names = documents
    .filter(path => path.startsWith('docs') && !path.endsWith('README.md'))
    .map(path => basename(path, '.md'))
  expect(
    names.filter(name => !config.includes(`/${name}'`) && !config.includes(`'${name}'`)),
  ).toEqual([])
})

test('the architecture names every folder of src/', () => {
  const text = read('docs/internals/architecture.md')
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
  expect(folders.length).toBeGreaterThan(10)
  expect(folders.filter(name => !text.includes(`src/${name}/`))).toEqual([])
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
