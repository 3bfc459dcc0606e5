// The Content-Types that a name gets, beside those of the official SDK for Node.js.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentTypeGuess } from '../../src/bucket/content-type.ts'
import { aliOssFolder } from './load-ali-oss.ts'

const guess = contentTypeGuess()

test('every extension that ali-oss knows has its type, or the newer registered one', async () => {
  const fromAliOss = createRequire(join(aliOssFolder, 'package.json'))
  const table: { _types: Record<string, string> } = fromAliOss('mime')
  const types = Object.entries(table._types)
  expect(types.length).toBeGreaterThan(1000)
  const differing: string[] = []
  for (const [extension, type] of types) {
    if ((await guess(`file.${extension}`)) !== type) differing.push(extension)
  }
  expect(differing.sort()).toEqual(
    [
      'aac',
      'asc',
      'es',
      'fdf',
      'hsj2',
      'jpgm',
      'js',
      'mjs',
      'mts',
      'sql',
      'xfdf',
      'xlam',
      'xlsb',
    ].sort(),
  )
})
