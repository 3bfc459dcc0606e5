import { expect, test } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import { checkCall, checkRequest, operations } from '../../../src/bucket/bucket-arguments.ts'
import { fixedClock, plainSigner, scriptedTransport, startedAt } from '../oss/scripted-transport.ts'

const key = 'key'
const body = new Uint8Array(1)
const uploadId = 'id'

test.each<[what: string, operation: keyof typeof operations, request: unknown, message: string]>([
  [
    'a key alone',
    'headObject',
    'key',
    'headObject was given a text. Allowed: an object such as { key }',
  ],
  [
    'nothing',
    'deleteObject',
    undefined,
    'deleteObject was given undefined. Allowed: an object such as { key }',
  ],
  [
    'a list',
    'listObjects',
    ['a'],
    'listObjects was given a list. Allowed: an object such as { prefix }',
  ],
  ['no body', 'putObject', { key }, 'putObject was given undefined as body. Allowed: a Uint8Array'],
  ['a text as body', 'putObject', { key, body: 'content' }, 'putObject was given a text as body'],
  [
    'an ArrayBuffer',
    'putObject',
    { key, body: new ArrayBuffer(1) },
    'an object (ArrayBuffer) as body',
  ],
  [
    'a number as key',
    'putObject',
    { key: 5, body },
    'putObject was given 5 as key. Allowed: a text',
  ],
  [
    'a number in headers',
    'putObject',
    { key, body, headers: { a: 1 } },
    'as headers. Allowed: an object of names and texts',
  ],
  [
    'a part number as text',
    'uploadPart',
    { key, uploadId, body, partNumber: '1' },
    'a text as partNumber. Allowed: a whole number',
  ],
  [
    'parts that are ETags',
    'completeMultipartUpload',
    { key, uploadId, parts: ['etag'] },
    'a list as parts. Allowed: a list of { partNumber, etag }',
  ],
  [
    'a range as text',
    'getObject',
    { key, range: 'bytes=0-1' },
    'a text as range. Allowed: { position, size? }',
  ],
  [
    'a slip of the pen',
    'listObjects',
    { maxkeys: 5 },
    "listObjects has no 'maxkeys'. Allowed: prefix, delimiter, maxKeys",
  ],
  ['no method', 'presign', { key }, 'presign was given undefined as method'],
])('%s is refused', (_what, operation, request, message) => {
  expect(() => checkRequest(operation, request, undefined)).toThrow(
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
  checkRequest('putObject', { key, body, headers: undefined }, { signal })
  checkRequest('putObject', { key, body: { size: 1, read: async () => 1 } }, undefined)
  checkRequest('listObjects', undefined, undefined)
  checkRequest('listObjects', { maxKeys: 5 }, { idleTimeoutMs: 1, onBytesSent() {}, attempt: 2 })
})

test('the content of an object is not in the message', () => {
  expect(() => checkRequest('putObject', { key, body: 'private' }, undefined)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('private') }),
  )
})

test('a bucket rejects, and sends nothing', async () => {
  const transport = scriptedTransport()
  const ports = { transport, clock: fixedClock(startedAt), random: { next: () => 0 } }
  const bucket = new Bucket({ name: 'bucket', region: 'cn-hangzhou', signer: plainSigner }, ports)
  const methods = Object.keys(operations) as (keyof typeof operations)[]
  for (const name of methods) {
    const called = Reflect.apply(bucket[name], bucket, [{ key, colour: 'red' }])
    await expect(called).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:UNKNOWN_OPTION|INVALID_)/),
    })
  }
  expect(transport.requests).toEqual([])
})
