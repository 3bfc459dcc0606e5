// Every name that the package exports has a document, which editors show and the reference is made of.
// scripts/reference.mjs looks closer, and takes longer.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const entries = ['src/runtimes/node/index.ts', 'src/server/index.ts', 'src/testing/index.ts']

const sourceOf = (path: string) => readFileSync(join(root, path), 'utf8')

/** What a module exports: the names with the file that declares each. */
function exportsOf(path: string): [file: string, name: string][] {
  const code = sourceOf(path)
  const from = (target: string) => join(dirname(path), target)
  const namesIn = (list: string) =>
    list
      .split(',')
      .map(item => item.trim().replace(/^type /, ''))
      .filter(item => item !== '' && !item.includes(' as '))
  const imported = new Map(
    [...code.matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)].flatMap(
      ([, list = '', target = '']) => namesIn(list).map(name => [name, from(target)] as const),
    ),
  )
  return [
    ...[...code.matchAll(/^export \* from '(\.[^']+)'/gm)].flatMap(([, target = '']) =>
      exportsOf(from(target)),
    ),
    ...[...code.matchAll(/^export (?:type )?\{([^}]*)\}(?: from '(\.[^']+)')?/gm)].flatMap(
      ([, list = '', target]) =>
        namesIn(list).map((name): [string, string] => [
          target === undefined ? (imported.get(name) ?? path) : from(target),
          name,
        ]),
    ),
    ...[...code.matchAll(declaration('\\w+'))].map(([, name = '']): [string, string] => [
      path,
      name,
    ]),
  ]
}

function declaration(name: string): RegExp {
  return new RegExp(
    `^export (?:abstract )?(?:async )?(?:class|interface|type|const|function\\*?) (${name})\\b`,
    'gm',
  )
}

/** False if what comes before the declaration is not the end of a document. */
function isDocumented(code: string, name: string): boolean {
  // A name that is passed on once more is looked for where it comes from.
  const found = declaration(name).exec(code)
  return found === null || code.slice(0, found.index).trimEnd().endsWith('*/')
}

test.each(entries)('%s exports nothing without a document', entry => {
  const names = exportsOf(entry)
  expect(names.length).toBeGreaterThan(2)
  expect(names.filter(([file]) => !existsSync(join(root, file)))).toEqual([])
  const bare = names.filter(([file, name]) => !isDocumented(sourceOf(file), name))
  expect(bare).toEqual([])
})

test('what has none is found', () => {
  expect(exportsOf('src/runtimes/node/index.ts')).toContainEqual(['src/ports.ts', 'Logger'])
  expect(exportsOf('src/runtimes/node/index.ts')).toContainEqual([
    'src/runtimes/node/index.ts',
    'resumableUpload',
  ])
  expect(isDocumented('// A file.\n\nexport interface Bare {\n}\n', 'Bare')).toBe(false)
  expect(isDocumented('/** Meant. */\nexport type Meant = 1\n', 'Meant')).toBe(true)
})
