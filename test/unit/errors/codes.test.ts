// The list of codes is what the sources throw, and the documents explain each.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { docsOf, errorCodes, invalidCode, optionOf } from '../../../src/errors/codes.ts'
import { OssError, OssupError } from '../../../src/errors.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && name !== join('errors', 'codes.ts'))
  .map(name => readFileSync(join(root, 'src', name), 'utf8'))
  .join('\n')

test('no code is listed twice', () => {
  expect(new Set(errorCodes).size).toBe(errorCodes.length)
})

test.each(errorCodes)('%s is thrown', code => {
  // The codes of options are made from the names in the tables of options.
  const names = optionOf(code).map(name => new RegExp(`\\b${name}: |'${name}'`))
  expect(sources.includes(`'${code}'`) || names.some(name => name.test(sources))).toBe(true)
})

test('the code of an option, and back', () => {
  expect(invalidCode('partSize')).toBe('INVALID_PART_SIZE')
  expect(optionOf('INVALID_PART_SIZE')).toEqual(['partSize'])
  expect(optionOf('UPLOAD_BUSY')).toEqual([])
})

test('an error says where its code is explained', () => {
  expect(new OssupError('UPLOAD_BUSY', 'x').docs).toBe('docs/guide/errors.md#upload_busy')
  const refused = new OssError('NoSuchKey', 'x', { status: 404 })
  expect(refused.docs).toBe('docs/guide/errors.md#codes-that-oss-sends')
})

const page = join(root, 'docs', 'guide', 'errors.md')

test.runIf(existsSync(page)).each(errorCodes)('%s has an entry in the guide', code => {
  const text = readFileSync(page, 'utf8')
  const anchor = docsOf(code).replace(/^.*#/, '')
  const anchors = [
    ...[...text.matchAll(/^#+ `?([^`\n]+)`?$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    ),
    ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id),
  ]
  expect(anchors).toContain(anchor)
})
