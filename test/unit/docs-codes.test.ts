// The codes of errors that the documents name are codes that the sources give.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(extension))
    .map(name => join(folder, name))
}

const read = (name: string) => readFileSync(join(root, name), 'utf8')

/** Between back quotes, in capitals, and neither a variable of the environment nor a flag of open(2). */
const codePattern =
  /`((?!OSS_|OSSUP_|OSSUTIL_|ALIBABA_CLOUD_|NODE_|NO_COLOR|O_)[A-Z]+(?:_[A-Z]+)+)`/g

const sources = filesBelow('src', '.ts').map(read).join('\n')
const named = [...filesBelow('docs', '.md'), 'README.md'].flatMap(name =>
  [...read(name).matchAll(codePattern)].map(([, code = '']): [string, string] => [code, name]),
)

test('codes are found in the documents', () => expect(named.length).toBeGreaterThan(3))

test.each(named)('%s in %s', code => {
  // option-checks.ts makes INVALID_PART_SIZE of partSize.
  const option = /^INVALID_(.+)/.exec(code)?.[1]
  const camel = option?.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase())
  expect(sources.includes(`'${code}'`) || sources.includes(`'${camel}'`)).toBe(true)
})
