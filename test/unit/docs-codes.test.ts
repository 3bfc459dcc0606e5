// docs/guide/errors.md has an entry for every code: those that the sources name, those that are made of an
// option's name, and those of OSS for which there is a hint. No document names a code that is not used.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { operations } from '../../src/bucket/operations.ts'
import {
  Bucket,
  downloadObject,
  isOssupError,
  resumableUpload,
  uploadFiles,
  verifyObject,
} from '../../src/runtimes/node/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const docstrings: {
  membersOf(sources: readonly string[], interfaceName: string): { readonly name: string }[]
} = await import(new URL('../../scripts/docstrings.mjs', import.meta.url).href)

// The local OSS has codes of OSS, src/testing those of a suite.
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !/^(server|testing)\b/.test(name))
  .map(name => readFileSync(join(root, 'src', name), 'utf8'))
const page = readFileSync(join(root, 'docs/guide/errors.md'), 'utf8')

const entries = [
  ...page.matchAll(/^### `(\w+)`$/gm),
  ...page.matchAll(/^\| (?:<a id="\w+"><\/a>)?`(\w+)` \|/gm),
].map(([, code = '']) => code)

/** Variables of the environment and codes of the system look like codes. */
const isOther = (name: string) =>
  /^(OSS|OSSUP|OSSUTIL|ALIBABA|ALIBABACLOUD|ALICLOUD|NODE|XDG|LC|ERR|CERT|UNABLE|DEPTH|SELF)_|_(PROXY|COLOR|VERSION)$/.test(
    name,
  )

const literals = (pattern: RegExp) =>
  sources.flatMap(text => [...text.matchAll(pattern)].map(([, code = '']) => code))

const named = new Set([
  ...literals(/'([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)'/g).filter(name => !isOther(name)),
  ...literals(/\bcode = '([A-Z]+)'/g),
  ...literals(/\bcode: '([A-Z]+)'/g),
  ...literals(/'(STALLED)'/g),
])

test('every code of the sources has an entry', () => {
  expect(named.size).toBeGreaterThan(60)
  expect([...named].filter(code => !entries.includes(code)).sort()).toEqual([])
})

test('no code has two entries', () => {
  expect(entries.filter((code, at) => entries.indexOf(code) !== at)).toEqual([])
})

test('every entry says what to do, or is a warning', () => {
  const [errors = ''] = page.split('\n## Warnings')
  const silent = errors
    .split(/^(?=### `)/m)
    .slice(1)
    .filter(entry => !entry.includes('**What to do:**'))
  expect(silent.map(entry => entry.split('\n')[0])).toEqual([])
})

test('every code of OSS with a hint has an entry', () => {
  const hints = readFileSync(join(root, 'src/oss/hints.ts'), 'utf8')
  const table = hints.slice(hints.indexOf('byCode:'))
  const codes = [...table.slice(0, table.indexOf('\n}')).matchAll(/^ {2}(\w+):/gm)]
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.map(([, code = '']) => code).filter(code => !entries.includes(code))).toEqual([])
})

/** Values of every kind; each option takes but a few of them. */
const wrongValues = [
  -1,
  Number.NaN,
  '',
  'no such\nthing',
  {},
  [],
  null,
  { 'a b': 'c' },
  true,
  () => {},
]
const stopped = AbortSignal.abort(new Error('stopped before any request'))
const place = {
  name: 'examplebucket',
  region: 'cn-hangzhou',
  endpoint: 'http://127.0.0.1:1',
  credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
}
const options = { signal: stopped, checkpoint: false } as const

const calls: Record<string, (option: object) => unknown> = {
  BucketOptions: option => new Bucket({ ...place, ...option }),
  AddressOptions: option => new Bucket({ ...place, ...option }),
  NetworkOptions: network => new Bucket({ ...place, network }),
  UploadOptions: option =>
    resumableUpload(new Bucket(place), 'key', new Uint8Array(1), {
      ...('checkpointDir' in option ? { signal: stopped } : options),
      ...option,
    }),
  BatchOptions: option => uploadFiles(new Bucket(place), 'p/', [], { ...options, ...option }),
  UploadFilesOptions: option => uploadFiles(new Bucket(place), 'p/', [], { ...options, ...option }),
  ReadOptions: option => downloadObject(new Bucket(place), 'key', '/x', { ...option }),
  VerifyOptions: option => verifyObject(new Bucket(place), 'key', new Uint8Array(1), { ...option }),
}

/** What a call rejects with because of the option alone. */
async function codeOf(call: () => unknown): Promise<string[]> {
  try {
    await call()
    return []
  } catch (error) {
    return isOssupError(error) && error.name === 'OptionError' ? [error.code] : []
  }
}

async function codesOf(call: (value: unknown) => unknown): Promise<string[]> {
  const codes = await Promise.all(wrongValues.map(value => codeOf(() => call(value))))
  return [...new Set(codes.flat())]
}

test.each(Object.entries(calls))(
  'every code that a wrong value of %s gives has an entry',
  async (name, call) => {
    const names = [...new Set(docstrings.membersOf(sources, name).map(member => member.name))]
    expect(names.length).toBeGreaterThan(0)
    const codes = await Promise.all(
      // A signal that stops nothing would let the call go on to the network.
      names.map(option =>
        codesOf(value =>
          call({ ...(option !== 'signal' && { signal: stopped }), [option]: value }),
        ),
      ),
    )
    expect(codes.flat().filter(code => !entries.includes(code))).toEqual([])
  },
)

test('every code that a wrong argument of an operation gives has an entry', async () => {
  const found = new Set<string>()
  for (const [operation, { rules }] of Object.entries(operations)) {
    for (const name of Object.keys(rules)) {
      const upper = name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
      found.add(`INVALID_${upper}`)
    }
    expect(operation in Bucket.prototype).toBe(true)
  }
  expect([...found].filter(code => !entries.includes(code))).toEqual([])
})

/** Between back quotes, in capitals, and neither a variable of the environment nor a flag of open(2). */
const codePattern =
  /`((?!OSS_|OSSUP_|OSSUTIL_|ALIBABA_CLOUD_|NODE_|NO_COLOR|FORCE_COLOR|O_)[A-Z]+(?:_[A-Z]+)+)`/g

const documents = [
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
  ...readdirSync(root).filter(name => name.startsWith('README')),
]

test('every code that a document names is one of the sources', () => {
  const text = sources.join('\n')
  const isUsed = (code: string) => {
    const option = /^INVALID_(.+)/.exec(code)?.[1]?.toLowerCase()
    const camel = option?.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
    return text.includes(`'${code}'`) || new RegExp(`['\\s.]${camel}['?:]`).test(text)
  }
  const mentions = documents.flatMap(name =>
    [...readFileSync(join(root, name), 'utf8').matchAll(codePattern)].map(([, code = '']) => code),
  )
  expect(mentions.length).toBeGreaterThan(100)
  expect([...new Set(mentions)].filter(code => !isOther(code) && !isUsed(code))).toEqual([])
})
