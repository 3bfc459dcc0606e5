import { describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/errors.ts'
import { MemoryJournalStore } from '../../../src/journal/memory-journal-store.ts'
import {
  defaultAttempts,
  defaultIdleTimeoutMs,
  defaultOfflineTimeoutMs,
} from '../../../src/options/retry-options.ts'
import {
  completeOptions,
  defaultConcurrency,
  defaultMultipartThreshold,
  type UploadOptions,
} from '../../../src/options/upload-options.ts'
import { shown } from '../../../src/text/shown.ts'

const defaults = { checkpoint: false, contentType: 'text/default' } as const
const complete = (options: UploadOptions = {}) => completeOptions(options, defaults)

/** What a caller without types can pass. */
const loosely = (options: object) => complete(options as UploadOptions)

function failureOf(options: object): OptionError {
  try {
    loosely(options)
  } catch (error) {
    if (error instanceof OptionError) return error
    throw error
  }
  throw new Error(`${JSON.stringify(options)} was accepted`)
}

test('without options everything has its default', () => {
  expect(complete()).toMatchObject({
    checkpoint: false,
    multipartThreshold: defaultMultipartThreshold,
    bandwidth: 0,
    signal: undefined,
    objectHeaders: { 'content-type': 'text/default' },
    completeHeaders: {},
    forbidOverwrite: false,
    verify: 'auto',
    wait: false,
    attempts: defaultAttempts,
    idleTimeoutMs: defaultIdleTimeoutMs,
    offlineTimeoutMs: defaultOfflineTimeoutMs,
  })
  expect([4, 'auto']).toContain(defaultConcurrency)
})

describe('numbers', () => {
  const ranges: [name: string, min: number, max: number][] = [
    ['multipartThreshold', 0, 5_368_709_120],
    ['partSize', 102_400, 5_368_709_120],
    ['concurrency', 1, 256],
    ['bandwidth', 1024, Number.MAX_SAFE_INTEGER],
    ['expectedSize', 0, 53_687_091_200_000],
    ['sizeHint', 0, 53_687_091_200_000],
    ['attempts', 1, 100],
    ['idleTimeoutMs', 100, 3_600_000],
    ['offlineTimeoutMs', 0, 604_800_000],
  ]
  test.each(ranges)('%s from %i to %i', (name, min, max) => {
    for (const good of [min, max]) expect(loosely({ [name]: good })).toMatchObject({ [name]: good })
    const bad = [min - 1, max + 1, min + 0.5, Number.NaN, Infinity, '5', null, true, 5n, {}]
    for (const value of bad) {
      // The largest safe number has no neighbour.
      if (value === max + 1 && max === Number.MAX_SAFE_INTEGER) continue
      const error = failureOf({ [name]: value })
      expect(error.code).toBe(`INVALID_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`)
      expect(error.message).toContain(name)
      expect(error.message).toContain(shown(value))
      expect(error.message).toContain(String(min))
      if (max < Number.MAX_SAFE_INTEGER) expect(error.message).toContain(String(max))
    }
  })
})

describe('choices', () => {
  test.each([
    ['forbidOverwrite', [true, false], [1, 'true', null]],
    ['verify', ['auto', 'always'], ['never', true, null]],
    ['wait', [true, false], ['yes', 0]],
    ['adopt', [true, false, 'force'], ['yes', 1]],
  ])('%s', (name, good, bad) => {
    for (const value of good) expect(loosely({ [name]: value })).toMatchObject({ [name]: value })
    for (const value of bad) {
      const error = failureOf({ [name]: value })
      expect(error.code).toBe(`INVALID_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`)
      expect(error.hint).toContain(String(good.at(-1)))
    }
  })

  test.each([
    ['storageClass', 'x-oss-storage-class', ['Standard', 'IA', 'DeepColdArchive'], 'ia'],
    ['encryption', 'x-oss-server-side-encryption', ['AES256', 'KMS', 'SM4'], 'aes'],
  ])('%s goes with the object', (name, header, good, bad) => {
    for (const value of good) {
      expect(loosely({ [name]: value }).objectHeaders[header]).toBe(value)
    }
    expect(failureOf({ [name]: bad }).message).toContain(shown(bad))
  })

  test('acl goes with Complete', () => {
    const { objectHeaders, completeHeaders } = complete({ acl: 'public-read' })
    expect(completeHeaders).toEqual({ 'x-oss-object-acl': 'public-read' })
    expect(objectHeaders).not.toHaveProperty('x-oss-object-acl')
    expect(failureOf({ acl: 'public' }).code).toBe('INVALID_ACL')
  })
})

describe('names', () => {
  test.each([
    ['parallel', 'It is called concurrency here.'],
    ['num_threads', 'It is called concurrency here.'],
    ['part_size', 'It is called partSize here.'],
    ['multipart_threshold', 'It is called multipartThreshold here.'],
    ['progress', 'It is called onProgress here.'],
    ['progress_callback', 'It is called onProgress here.'],
    ['mime', 'It is called contentType here.'],
    ['meta', 'It is called metadata here.'],
    ['partsize', "Did you mean 'partSize'?"],
    ['content_type', "Did you mean 'contentType'?"],
    ['speed-limit', 'Allowed: '],
  ])('suggests what %s may have meant', (name, start) => {
    expect(failureOf({ [name]: 1 }).hint?.startsWith(start)).toBe(true)
  })

  test.each(['parallel', 'toString', '__proto__x', 'PartSize'])('%s is refused', name => {
    expect(failureOf({ [name]: 1 })).toMatchObject({
      code: 'UNKNOWN_OPTION',
      message: expect.stringContaining(`'${name}'`),
      hint: expect.stringContaining('partSize'),
    })
  })
})

describe('things', () => {
  const store = new MemoryJournalStore()
  const { signal } = new AbortController()
  const call = () => {}

  test.each([
    ['checkpoint', [store, false], ['/var/lib/app', true, null, 0]],
    ['signal', [signal], [new AbortController(), null, 5]],
    ['onProgress', [call], ['print', null, {}]],
    ['onEvent', [call], [true, []]],
  ])('%s', (name, good, bad) => {
    for (const value of good) expect(loosely({ [name]: value })).toMatchObject({ [name]: value })
    for (const value of bad) expect(failureOf({ [name]: value }).message).toContain(name)
  })
})

describe('headers of the object', () => {
  test('come from their own options and from headers', () => {
    const { objectHeaders } = complete({
      contentType: ' text/html ',
      metadata: { Author: 'Jürgen', 'a-1': '' },
      headers: { 'Cache-Control': 'no-cache', 'x-oss-website': 'a' },
      tags: { project: 'a b', ключ: '1+1=2/3' },
    })
    expect(objectHeaders).toEqual({
      'content-type': 'text/html',
      'x-oss-meta-author': 'Jürgen',
      'x-oss-meta-a-1': '',
      'cache-control': 'no-cache',
      'x-oss-website': 'a',
      'x-oss-tagging': 'project=a%20b&%D0%BA%D0%BB%D1%8E%D1%87=1%2B1%3D2%2F3',
    })
  })

  test.each([
    'Host',
    'date',
    'Authorization',
    'content-length',
    'transfer-encoding',
    'content-md5',
    'x-oss-hash-crc64ecma',
    'x-oss-date',
    'x-oss-security-token',
    'x-oss-forbid-overwrite',
    'x-oss-object-acl',
    'x-oss-callback',
    'x-oss-meta-ossup-id',
  ])('%s is the upload’s own', name => {
    expect(failureOf({ headers: { [name]: '1' } })).toMatchObject({
      code: 'INVALID_HEADERS',
      message: expect.stringContaining(name),
    })
  })

  test.each([
    [{ headers: { 'a b': '1' } }, 'INVALID_HEADERS'],
    [{ headers: { a: 'x\r\nHost: evil' } }, 'INVALID_HEADERS'],
    [{ headers: { a: 'x\u0000' } }, 'INVALID_HEADERS'],
    [{ headers: { a: 'x\u007f' } }, 'INVALID_HEADERS'],
    [{ headers: { a: 5 } }, 'INVALID_HEADERS'],
    [{ headers: ['a'] }, 'INVALID_HEADERS'],
    [{ headers: 'a: b' }, 'INVALID_HEADERS'],
    [{ contentType: 5 }, 'INVALID_CONTENT_TYPE'],
    [{ contentType: 'a\nb' }, 'INVALID_CONTENT_TYPE'],
    [{ metadata: { ä: '1' } }, 'INVALID_METADATA'],
    [{ metadata: { 'ossup-id': '1' } }, 'INVALID_METADATA'],
    [{ metadata: { a: 1 } }, 'INVALID_METADATA'],
    [{ metadata: { a: 'x'.repeat(8192) } }, 'INVALID_METADATA'],
    [{ metadata: { a: 'é'.repeat(4096) } }, 'INVALID_METADATA'],
    [{ metadata: 'a=b' }, 'INVALID_METADATA'],
    [{ metadata: null }, 'INVALID_METADATA'],
    [{ tags: { '': 'x' } }, 'INVALID_TAGS'],
    [{ tags: { 'a&b': 'x' } }, 'INVALID_TAGS'],
    [{ tags: { a: 'x?' } }, 'INVALID_TAGS'],
    [{ tags: { a: 5 } }, 'INVALID_TAGS'],
    [{ tags: { ['x'.repeat(129)]: 'x' } }, 'INVALID_TAGS'],
    [{ tags: { a: 'x'.repeat(257) } }, 'INVALID_TAGS'],
    [{ tags: { a: 'é'.repeat(129) } }, 'INVALID_TAGS'],
    [
      { tags: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`t${i}`, ''])) },
      'INVALID_TAGS',
    ],
  ])('%j is refused', (options, code) => {
    expect(failureOf(options).code).toBe(code)
  })

  test('the largest metadata and tags are taken', () => {
    complete({ metadata: { a: 'x'.repeat(8191) } })
    complete({ tags: { ['x'.repeat(128)]: 'y'.repeat(256) } })
  })

  test('a long value is not repeated in full', () => {
    const error = failureOf({ headers: { a: `\n${'x'.repeat(10_000)}` } })
    expect(error.message.length).toBeLessThan(300)
  })
})

describe('the callback', () => {
  const decode = (base64 = '') => new TextDecoder().decode(Buffer.from(base64, 'base64'))

  test.each([
    ['as an object', { callbackUrl: 'https://a/ü', callbackBody: 'b' }],
    ['as JSON', '{"callbackUrl":"https://a/ü","callbackBody":"b"}'],
  ])('%s', (_what, callback) => {
    const { completeHeaders } = complete({ callback, callbackVariables: { 'x:a': '1' } })
    expect(JSON.parse(decode(completeHeaders['x-oss-callback']))).toEqual({
      callbackUrl: 'https://a/ü',
      callbackBody: 'b',
    })
    expect(decode(completeHeaders['x-oss-callback-var'])).toBe('{"x:a":"1"}')
  })

  test.each([
    [{ callback: 'https://a' }, 'INVALID_CALLBACK'],
    [{ callback: '[]' }, 'INVALID_CALLBACK'],
    [{ callback: 5 }, 'INVALID_CALLBACK'],
    [{ callback: null }, 'INVALID_CALLBACK'],
    [{ callback: { a: 'x'.repeat(5120) } }, 'INVALID_CALLBACK'],
    [{ callbackVariables: { a: '1' } }, 'INVALID_CALLBACK_VARIABLES'],
    [{ callbackVariables: '"x:a"' }, 'INVALID_CALLBACK_VARIABLES'],
  ])('%j is refused', (options, code) => {
    expect(failureOf(options).code).toBe(code)
  })
})
