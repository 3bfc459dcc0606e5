import { expect, test } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import { checkRequest, operations } from '../../../src/bucket/operations.ts'
import { checkCall } from '../../../src/bucket/request-rules.ts'
import { fixedClock, plainSigner, scriptedTransport, startedAt } from '../oss/scripted-transport.ts'

const key = 'key'
const body = new Uint8Array(1)
const uploadId = 'id'

test.each<[what: string, operation: keyof typeof operations, request: unknown, message: string]>([
  [
    'a key alone',
    'headObject',
    'key',
    'headObject: request is a string of 3 characters. Allowed: a plain object such as { key }',
  ],
  [
    'nothing',
    'deleteObject',
    undefined,
    'deleteObject: request is undefined. Allowed: a plain object such as { key }',
  ],
  [
    'a list',
    'listObjects',
    ['a'],
    'listObjects: request is a list. Allowed: a plain object such as { prefix }',
  ],
  [
    'no body',
    'putObject',
    { key },
    'putObject: body is missing. Allowed: a string (sent as UTF-8), bytes',
  ],
  ['a list as body', 'putObject', { key, body: ['content'] }, 'putObject: body is a list'],
  [
    'half a pair as body',
    'putObject',
    { key, body: '\ud800' },
    'body has half of a surrogate pair',
  ],
  [
    'a body without end',
    'putObject',
    { key, body: { size: Infinity, read() {} } },
    'body.size is Infinity',
  ],
  ['a number as key', 'putObject', { key: 5, body }, 'The key 5 is not a string'],
  [
    'a number in headers',
    'putObject',
    { key, body, headers: { a: 1 } },
    'putObject: headers.a is 1. Allowed: a string',
  ],
  [
    'a part number as text',
    'uploadPart',
    { key, uploadId, body, partNumber: '1' },
    'uploadPart: partNumber is "1". Allowed: a whole number from 1 to 10000',
  ],
  [
    'parts that are ETags',
    'completeMultipartUpload',
    { key, uploadId, parts: ['etag'] },
    'completeMultipartUpload: parts[0] is "etag". Allowed: a list, each of it { partNumber, etag }',
  ],
  [
    'a range as text',
    'getObject',
    { key, range: 'bytes=0-1' },
    'range is a string of 9 characters. Allowed: a plain object such as { position }',
  ],
  [
    'a slip of the pen',
    'listObjects',
    { maxkeys: 5 },
    "listObjects has no option 'maxkeys'. Did you mean 'maxKeys'? Allowed: prefix, delimiter, maxKeys",
  ],
  ['seconds', 'presign', { key, expires: 5 }, 'Give expiresMs, in milliseconds. Allowed: method'],
  [
    'a range that starts before',
    'getObject',
    { key, range: { position: -1 } },
    'range.position is -1',
  ],
  [
    'a Map',
    'putObject',
    { key, body, headers: new Map([['a', 'b']]) },
    'headers is an object (Map). Allowed: a plain object, here Object.fromEntries(…)',
  ],
  ['a header twice', 'headObject', { key, headers: { A: '1', a: '2' } }, 'headers has a twice'],
  [
    'a header of the signer',
    'headObject',
    { key, headers: { Authorization: 'x' } },
    'headers.Authorization is reserved',
  ],
])('%s is refused', (_what, operation, request, message) => {
  expect(() => checkRequest(operation, operations[operation].rules, request)).toThrow(
    expect.objectContaining({ name: 'OptionError', message: expect.stringContaining(message) }),
  )
})

test.each([
  ['a controller instead of its signal', { signal: new AbortController() }],
  ['seconds as a text', { idleTimeoutMs: '5' }],
  ['a name that is none', { timeout: 5 }],
  ['a function', () => {}],
])('a call with %s is refused', (_what, call) => {
  expect(() => checkCall('getBucketInfo', call)).toThrow(
    expect.objectContaining({ name: 'OptionError' }),
  )
})

test('what is right passes', () => {
  const { signal } = new AbortController()
  const read = <Name extends keyof typeof operations>(name: Name, request: unknown) =>
    checkRequest(name, operations[name].rules, request)
  expect(read('putObject', { key, body: 'ä' })).toEqual({ key, body: Uint8Array.of(0xc3, 0xa4) })
  expect(read('putObject', { key, body: Int16Array.of(1), headers: undefined })).toEqual({
    key,
    body: Uint8Array.of(1, 0),
  })
  const own = { size: 1, read: async () => 1 }
  expect(read('putObject', { key, body: own })).toEqual({ key, body: own })
  expect(read('listObjects', {})).toEqual({})
  expect(
    checkCall('x', { signal, idleTimeoutMs: 1, onBytesSent() {}, attempt: 2, attempts: 3 }),
  ).toMatchObject({ signal, attempts: 3 })
  expect(checkCall('x', undefined)).toEqual({})
})

test('each value is read once', () => {
  let reads = 0
  const request = {
    get key() {
      reads++
      return key
    },
  }
  expect(checkRequest('deleteObject', operations.deleteObject.rules, request)).toEqual({ key })
  expect(reads).toBe(1)
})

test('the content of an object is not in the message', () => {
  const request = { key, body: 'private\ud800' }
  expect(() => checkRequest('putObject', operations.putObject.rules, request)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('private') }),
  )
})

test('a bucket rejects, and sends nothing', async () => {
  const transport = scriptedTransport()
  const ports = { transport, clock: fixedClock(startedAt), random: { next: () => 0 } }
  const bucket = new Bucket({ name: 'bucket', region: 'cn-hangzhou', signer: plainSigner }, ports)
  const methods = Object.keys(operations) as (keyof typeof operations)[]
  for (const name of methods) {
    if (name === 'deleteBucket' || name === 'getBucketInfo') continue
    const called = Reflect.apply(bucket[name], bucket, [{ key, colour: 'red' }])
    await expect(called).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:UNKNOWN_OPTION|INVALID_)/),
    })
  }
  expect(transport.requests).toEqual([])
})
