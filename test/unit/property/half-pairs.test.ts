// Half of a surrogate pair has no UTF-8 form: it would reach OSS as another character. Every rule for a value that
// a caller gives refuses it, wherever it is, or drops it.

import { describe, expect, test } from 'vitest'
import { batchRules } from '../../../src/batch/batch-options.ts'
import { operations } from '../../../src/bucket/operations.ts'
import { verifyRules } from '../../../src/options/read-options.ts'
import { uploadRules } from '../../../src/options/upload-options.ts'
import * as library from '../../../src/runtimes/node/index.ts'
import { Misfit, type Rule } from '../../../src/validation/rule.ts'

const half = 'a\ud800'

/** The half in every place that a rule may look at. */
const values: readonly unknown[] = [
  half,
  `x:${half}`,
  `{"a":"${half}"}`,
  '{"a":"\\ud800"}',
  [half],
  { a: half },
  { 'x:a': half },
  { a: { b: [half] } },
  { [half]: 'a' },
  { [`x:${half}`]: 'a' },
  [{ partNumber: 1, etag: half }],
  { accessKeyId: half, accessKeySecret: 'a' },
]

/** True if a string of the value, or the name of a property, has the half. */
function hasHalf(value: unknown): boolean {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value)
  return typeof value === 'object' && value !== null && Object.entries(value).flat().some(hasHalf)
}

const tables: Readonly<Record<string, Readonly<Record<string, Rule<unknown>>>>> = {
  ...Object.fromEntries(Object.entries(operations).map(([name, { rules }]) => [name, rules])),
  resumableUpload: uploadRules,
  uploadFiles: batchRules,
  verifyObject: verifyRules,
}

/** What the rule makes of the value; `undefined` if it refuses it. */
function taken(rule: Rule<unknown>, value: unknown): unknown {
  try {
    return rule.read(value)
  } catch (error) {
    if (error instanceof Misfit || library.isOssupError(error)) return undefined
    throw error
  }
}

const hasRules = Object.entries(tables).filter(([, rules]) => Object.keys(rules).length > 0)

describe.each(hasRules)('%s', (_, rules) => {
  test.each(Object.entries(rules))('%s takes no half of a pair', (name, rule) => {
    const wrong = values.filter(value => {
      const read = taken(rule, value)
      // OSS reads a callback as JSON, where the half may be written as an escape.
      return hasHalf(name.startsWith('callback') && read !== undefined ? parsed(read) : read)
    })
    expect(wrong, name).toEqual([])
  })
})

const parsed = (json: unknown): unknown => JSON.parse(String(json))

const place = { name: 'examplebucket', region: 'cn-hangzhou', credentials: { ...key() } }

/** Calls with a half where no table has a rule. Each fails before any request. */
const calls: readonly [what: string, call: () => unknown][] = [
  ['the name of a bucket', () => new library.Bucket({ ...place, name: half })],
  ['a region', () => new library.Bucket({ ...place, region: half })],
  ['an endpoint', () => new library.Bucket({ ...place, endpoint: half })],
  ['an access key', () => new library.Bucket({ ...place, credentials: key(half) })],
  ['a key to download', () => library.downloadObject(offline(), half, 'file')],
  ['a key to verify', () => library.verifyObject(offline(), half, Uint8Array.of(1))],
  ['a key to discard', () => library.discardUpload(offline(), half, 'file')],
  ['a prefix of files', () => library.uploadFiles(offline(), half, [])],
  ['a prefix of uploads', () => library.listUnfinishedUploads(offline(), half).next()],
  [
    'an unfinished upload',
    () => library.abortUnfinishedUpload(offline(), { key: 'k', uploadId: half }),
  ],
  [
    'the key of a stream',
    () => library.createWriteStream(offline(), half).on('error', () => {}).result,
  ],
  ['the key of a web stream', () => library.createWritable(offline(), half).result],
]

test.each(calls)('%s takes no half of a pair', async (_, call) => {
  const refused = await (async () => call())().catch((error: unknown) => error)
  expect(['OptionError', 'CredentialsError']).toContain(Reflect.get(Object(refused), 'name'))
})

function key(accessKeyId = 'id') {
  return { accessKeyId, accessKeySecret: 'secret' }
}

/** A bucket at a port where no server listens: a request would be a NetworkError. */
function offline() {
  return new library.Bucket({ ...place, endpoint: 'http://127.0.0.1:9', attempts: 1 })
}
