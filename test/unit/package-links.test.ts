// The links of the documents lead to files that are in the npm package as well as in the repository.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../../', import.meta.url))

const documents = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
]

/** npm adds these by itself. */
const always = ['README.md', 'LICENSE', 'package.json']

const isPacked = (path: string) =>
  [...manifest.files, ...always].some(entry => path === entry || path.startsWith(`${entry}/`))

const links = documents.flatMap(document =>
  [...readFileSync(join(root, document), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target))
    .map((target): [string, string] => [posix.join(dirname(document), target), document]),
)

test('links are found', () => expect(links.length).toBeGreaterThan(20))

test.each(links)('%s of %s', path => {
  expect([existsSync(join(root, path)), isPacked(path)]).toEqual([true, true])
})
