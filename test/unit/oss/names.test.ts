import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/errors.ts'
import {
  validateBucketName,
  validateKey,
  validatePartNumber,
  validateRegion,
  validateUploadId,
} from '../../../src/oss/names.ts'

const refusal = (code: string) => expect.objectContaining({ code })

describe('validateBucketName', () => {
  it.each(['abc', 'a-b', '0a9', 'a'.repeat(63)])('takes %s', name => {
    expect(validateBucketName(name)).toBe(name)
  })
  it.each(['ab', 'a'.repeat(64), '-ab', 'ab-', 'aBc', 'a_b', 'a.b', 'abc\n', '', undefined])(
    'refuses %j',
    name => {
      expect(() => validateBucketName(name)).toThrow(OptionError)
      expect(() => validateBucketName(name)).toThrow(refusal('INVALID_BUCKET_NAME'))
    },
  )
})

describe('validateKey', () => {
  it.each([
    'a',
    'a//b',
    '../x',
    './',
    'x y+z%2F',
    '?a',
    'a\\b',
    '\x01\n\x7f',
    '\0',
    '😀',
    'x'.repeat(1023),
    '中'.repeat(341),
    `${'😀'.repeat(255)}abc`,
  ])('takes %j', key => {
    expect(validateKey(key)).toBe(key)
  })
  it.each([
    '',
    '/a',
    '\\a',
    'x'.repeat(1024),
    `${'中'.repeat(341)}a`,
    'a\ud800b',
    '\udc00',
    '\udc00\ud800',
    undefined,
    7,
  ])('refuses %j', key => {
    expect(() => validateKey(key)).toThrow(refusal('INVALID_KEY'))
  })
  it('does not repeat a long key in full', () => {
    expect(() => validateKey('x'.repeat(100_000))).toThrow(/^.{1,300}$/)
  })
})

describe('validateRegion', () => {
  it.each([
    ['cn-hangzhou', 'cn-hangzhou'],
    ['oss-cn-hangzhou', 'cn-hangzhou'],
  ])('%s', (given, id) => {
    expect(validateRegion(given)).toBe(id)
  })
  it.each(['', 'oss-', 'cn hangzhou', 'CN', 'cn/x', undefined])('refuses %j', region => {
    expect(() => validateRegion(region)).toThrow(refusal('INVALID_REGION'))
  })
})

it.each([0, 10_001, 1.5, Number.NaN])('refuses part number %d', partNumber => {
  expect(() => validatePartNumber(partNumber)).toThrow(refusal('INVALID_PART_NUMBER'))
})

it('refuses an empty upload id', () => {
  expect(() => validateUploadId('')).toThrow(refusal('INVALID_UPLOAD_ID'))
})
