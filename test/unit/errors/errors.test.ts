import { describe, expect, test } from 'vitest'
import {
  isOssupError,
  NetworkError,
  OptionError,
  OssError,
  OssupError,
} from '../../../src/errors.ts'

describe('the message', () => {
  test.each([
    [{}, 'it broke'],
    [{ hint: 'Mend it' }, 'it broke. Mend it'],
    [{ operation: 'UploadPart', partNumber: 7, key: 'a/b' }, 'UploadPart part 7 of a/b: it broke'],
    [{ operation: 'PutBucket', bucket: 'b' }, 'PutBucket b: it broke'],
    [{ bucket: 'b', key: 'k', hint: 'Mend it' }, 'k: it broke. Mend it'],
  ])('with %j', (details, message) => {
    expect(new OssupError('STALLED', 'it broke', details).message).toBe(message)
  })

  test('says where it happened once that is known, and only once', () => {
    const error = new NetworkError('STALLED', 'nothing moved', { sent: 'maybe' })
    error.withContext({ operation: 'UploadPart', key: 'a', partNumber: 2, uploadId: 'ID' })
    error.withContext({ operation: 'PutObject', key: 'b' })
    expect(error.message).toBe('UploadPart part 2 of a: nothing moved')
    expect(error).toMatchObject({ operation: 'UploadPart', partNumber: 2, uploadId: 'ID' })
  })

  test('says how often it was tried, if more than once', () => {
    expect(new OssupError('STALLED', 'x').retriesExhausted(1, false).message).toBe('x')
    const error = new OssupError('STALLED', 'x').retriesExhausted(8, true)
    expect(error).toMatchObject({ message: 'x (8 attempts)', attempts: 8, retryable: true })
  })
})

describe('the hint', () => {
  const error = () =>
    new OptionError('INVALID_PART_SIZE', 'it is odd', {
      key: 'k',
      hint: nameOf => `Set ${nameOf('partSize')}${nameOf('checkpoint') ? ' or else' : ''}`,
    })

  test('is data of its own, beside the short message', () => {
    expect(error()).toMatchObject({
      message: 'k: it is odd. Set `partSize` or else',
      shortMessage: 'k: it is odd',
      hint: 'Set `partSize` or else',
      options: ['partSize'],
    })
    expect(new OssupError('STALLED', 'x')).toMatchObject({ hint: undefined, options: [] })
  })

  test('is written in the words of its reader', () => {
    const flags: Record<string, string> = { partSize: '--part-size' }
    expect(error().hintWith(option => flags[option])).toBe('Set --part-size')
  })

  test('stays at the end when more becomes known', () => {
    const late = new NetworkError('STALLED', 'it stopped', { sent: 'maybe', hint: 'Mend it' })
    late.withContext({ operation: 'PutObject', key: 'k' }).retriesExhausted(3, true)
    expect(late.message).toBe('PutObject of k: it stopped (3 attempts). Mend it')
    expect(late.stack).toContain(late.message)
    expect(structuredClone(late).message).toBe(late.message)
  })
})

test('a class, its name and its code', () => {
  const error = new OptionError('INVALID_KEY', 'no')
  expect(error).toBeInstanceOf(OssupError)
  expect([error.name, error.code]).toEqual(['OptionError', 'INVALID_KEY'])
})

test.each([
  ['CONNECT_FAILED', true],
  ['TLS_FAILED', false],
] as const)('%s is retryable: %s', (code, retryable) => {
  expect(new NetworkError(code, 'x', { sent: 'nothing' }).retryable).toBe(retryable)
})

test('as plain data it has all fields, and neither stack nor cause', () => {
  const cause = new Error('secret in here')
  const error = new OssError('NoSuchKey', 'no', { status: 404, requestId: 'R', ec: '1', cause })
  const plain: unknown = JSON.parse(JSON.stringify(error))
  expect(plain).toMatchObject({
    name: 'OssError',
    message: 'no',
    code: 'NoSuchKey',
    status: 404,
    requestId: 'R',
    ec: '1',
    retryable: false,
    resumable: false,
  })
  expect(plain).not.toHaveProperty('stack')
  expect(JSON.stringify(plain)).not.toContain('secret')
  expect(error.cause).toBe(cause)
})

test('errors of this library are known, also of another copy, and no others are', () => {
  expect(isOssupError(new OptionError('INVALID_KEY', 'x'))).toBe(true)
  const foreign = Object.defineProperty(new Error('x'), Symbol.for('ossup.error'), { value: true })
  expect(isOssupError(foreign)).toBe(true)
  for (const other of [new Error('x'), { code: 'X' }, null, 'x']) {
    expect(isOssupError(other)).toBe(false)
  }
})
