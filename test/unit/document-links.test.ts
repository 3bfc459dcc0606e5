// Links of the documents lead to files and headings that exist. A document in the npm package links only to
// files of the package.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../../', import.meta.url))

const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name =>
    join(folder, name).split(sep).join('/'),
  )

const documents = [...readdirSync(root), ...below('docs')].filter(name => name.endsWith('.md'))

const isPacked = (path: string) =>
  /^(README[^/]*|LICENSE|package\.json)$/.test(path) ||
  manifest.files.some(entry => path === entry || path.startsWith(`${entry}/`))

const withoutBlocks = (document: string) =>
  readFileSync(join(root, document), 'utf8').replace(/^```[\s\S]*?^```$/gm, '')

/** Text without code, in which brackets and slashes mean something else. */
const proseOf = (document: string) =>
  withoutBlocks(document).replace(/`[^`\n]*`/g, code => (code.includes('](') ? '' : code))

/** The anchors of a page, as GitHub makes them. */
function anchorsOf(document: string): Set<string> {
  const seen = new Map<string, number>()
  const text = withoutBlocks(document)
  const named = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  const anchors = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
  return new Set([...anchors, ...named])
}

interface Link {
  readonly document: string
  readonly target: string
  readonly path: string
  readonly anchor: string | undefined
}

const links = documents.flatMap(document =>
  [...proseOf(document).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target))
    .map((target): Link => {
      const [file = '', anchor] = target.split('#')
      const path = file === '' ? document : posix.join(dirname(document), file)
      return { document, target, path, anchor }
    }),
)

test('links are found', () => expect(links.length).toBeGreaterThan(20))

test('every link leads to a file or a heading of the repository', () => {
  const broken = links.filter(({ path, anchor }) => {
    const file = join(root, path)
    if (relative(root, file).startsWith('..') || !existsSync(file)) return true
    return anchor !== undefined && (!statSync(file).isFile() || !anchorsOf(path).has(anchor))
  })
  expect(broken.map(({ document, target }) => `${document}: ${target}`)).toEqual([])
})

test('a document of the package links only to files of the package', () => {
  const leaving = links.filter(({ document, path }) => isPacked(document) && !isPacked(path))
  expect(leaving.map(({ document, target }) => `${document}: ${target}`)).toEqual([])
})
