import { describe, expect, it } from 'vitest'
import { completeMultipartUpload } from '../../../src/oss/complete-multipart-upload.ts'
import { initiateMultipartUpload } from '../../../src/oss/initiate-multipart-upload.ts'
import { listParts } from '../../../src/oss/list-parts.ts'
import { putObject } from '../../../src/oss/put-object.ts'
import { uploadPart } from '../../../src/oss/upload-part.ts'
import { type Operation, run, type ScriptedAnswer } from './scripted-transport.ts'

const key = 'dir/a b'
const uploadId = 'ID/1'
const lastModified = Date.UTC(2012, 1, 24, 6, 7, 48)
const head = {
  etag: '"AB"',
  'content-length': '3',
  'last-modified': 'Fri, 24 Feb 2012 06:07:48 GMT',
  'x-oss-request-id': 'R',
}
const initiated =
  '<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>'
const completed =
  '<CompleteMultipartUploadResult><ETag>"X-2"</ETag></CompleteMultipartUploadResult>'
const noObjects = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'

describe('stored objects', () => {
  const headers = {
    etag: '"AB"',
    'x-oss-hash-crc64ecma': '18446744073709551615',
    'x-oss-version-id': 'v',
    'x-oss-request-id': 'R',
  }
  const stored = { etag: 'AB', crc64: '18446744073709551615', versionId: 'v', requestId: 'R' }
  const parts = [{ partNumber: 1, etag: 'A' }]
  const callback = { 'X-Oss-Callback': 'e30=' }
  const put: Operation = client => putObject(client, { key, body: new Uint8Array() })
  const putAsking: Operation = client =>
    putObject(client, { key, body: new Uint8Array(), headers: callback })
  const complete: Operation = client => completeMultipartUpload(client, { key, uploadId, parts })
  const completeAsking: Operation = client =>
    completeMultipartUpload(client, { key, uploadId, parts, headers: callback })

  it.each<[string, Operation, ScriptedAnswer, unknown]>([
    ['PutObject', put, { headers }, stored],
    ['no CRC', put, { headers: { etag: '"AB"' } }, { etag: 'AB', requestId: 'R' }],
    [
      'Complete, by headers',
      completed => complete(completed),
      { headers, body: completed },
      stored,
    ],
    ['Complete, by its body', complete, { body: completed }, { etag: 'X-2', requestId: 'R' }],
    [
      'a callback that answered',
      putAsking,
      { headers, body: '{"ok":1}' },
      { ...stored, callback: { ok: true, status: 200, body: '{"ok":1}' } },
    ],
    [
      'a callback after Complete, whose JSON replaces the XML',
      completeAsking,
      { headers, body: '{}' },
      { ...stored, callback: { ok: true, status: 200, body: '{}' } },
    ],
    [
      'a callback that failed: 203, and stored all the same',
      completeAsking,
      { status: 203, headers, body: '<Error><Code>CallbackFailed</Code></Error>' },
      {
        ...stored,
        callback: {
          ok: false,
          status: 203,
          body: '<Error><Code>CallbackFailed</Code></Error>',
        },
      },
    ],
  ])('%s', async (_, operation, answer, expected) => {
    expect((await run(operation, answer)).result).toEqual(expected)
  })

  it.each<[string, Operation, ScriptedAnswer]>([
    ['no ETag', put, {}],
    ['an empty ETag', put, { headers: { etag: '""' } }],
    ['a CRC that is none', put, { headers: { ...headers, 'x-oss-hash-crc64ecma': 'x' } }],
    [
      'a CRC beyond 64 bits',
      put,
      { headers: { ...headers, 'x-oss-hash-crc64ecma': `${2n ** 64n}` } },
    ],
    ['no ETag with a callback', completeAsking, { body: completed }],
    ['nothing at all', complete, {}],
    ['half a document', complete, { body: completed.slice(0, 40) }],
  ])('refuses %s', async (_, operation, answer) => {
    await expect(run(operation, answer)).rejects.toMatchObject({
      code: 'BAD_ANSWER',
      sent: 'maybe',
    })
  })
})

describe('initiateMultipartUpload', () => {
  const operation: Operation = client => initiateMultipartUpload(client, { key })

  it('reads the upload id and when OSS answered', async () => {
    const headers = { date: 'Fri, 24 Feb 2012 06:07:48 GMT', 'x-oss-request-id': 'R' }
    const body = initiated.replace('Result>', 'Result xmlns="http://doc.oss-cn-x.aliyuncs.com">')
    const { result } = await run(operation, { headers, body })
    expect(result).toEqual({ uploadId: 'U', answeredAt: lastModified, requestId: 'R' })
  })

  it.each(['', '<x/>', initiated.replace('U<', '<'), `${initiated}x`])('refuses %j', async body => {
    await expect(run(operation, { body })).rejects.toMatchObject({
      code: 'BAD_ANSWER',
      operation: 'InitiateMultipartUpload',
      bucket: 'bucket',
      key,
    })
  })
})

it('uploadPart strips quotes and reads the CRC', async () => {
  const body = { size: 1, read: async () => 1 }
  const headers = { ...head, 'x-oss-hash-crc64ecma': '7' }
  const sent = await run(client => uploadPart(client, { key, uploadId, partNumber: 1, body }), {
    headers,
  })
  expect(sent.result).toEqual({ etag: 'AB', crc64: '7', requestId: 'R' })
  expect(sent.body).toBe(body)
})

it('an error names the part and the upload', async () => {
  const operation: Operation = client =>
    uploadPart(client, { key, uploadId, partNumber: 9, body: new Uint8Array() })
  const answer = { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
  await expect(run(operation, answer)).rejects.toMatchObject({
    code: 'NoSuchUpload',
    operation: 'UploadPart',
    partNumber: 9,
    uploadId,
    key,
  })
})

describe('listParts', () => {
  const part = (number: number | string, more = '') =>
    `<Part><PartNumber>${number}</PartNumber><LastModified>2024-02-23T07:01:34.000Z</LastModified><ETag>"E${number}"</ETag><Size>6</Size>${more}</Part>`
  const page = (inner: string, truncated = false, next = '') =>
    `<ListPartsResult xmlns="x"><EncodingType>url</EncodingType><Key>a%01</Key><NextPartNumberMarker>${next}</NextPartNumberMarker><IsTruncated>${truncated}</IsTruncated>${inner}</ListPartsResult>`
  const at = Date.UTC(2024, 1, 23, 7, 1, 34)
  const operation =
    (partNumberMarker?: number): Operation =>
    client =>
      listParts(client, { key, uploadId, ...(partNumberMarker && { partNumberMarker }) })

  it('reads a page', async () => {
    const crc = '<HashCrc64ecma>12345678901234567890</HashCrc64ecma>'
    const { result } = await run(operation(), { body: page(part(1, crc) + part(3), true, '3') })
    expect(result).toEqual({
      parts: [
        { partNumber: 1, size: 6, etag: 'E1', crc64: '12345678901234567890', lastModified: at },
        { partNumber: 3, size: 6, etag: 'E3', lastModified: at },
      ],
      isTruncated: true,
      nextPartNumberMarker: 3,
    })
  })

  it.each([
    [page(''), undefined, 0],
    [page(part(4)), 3, 4],
    [page(''), 3, 3],
  ])('the last page %j after %j ends at %d', async (body, marker, next) => {
    const { result } = await run(operation(marker), { body })
    expect(result).toMatchObject({ isTruncated: false, nextPartNumberMarker: next })
  })

  it.each<[string, string, number?]>([
    ['parts out of order', page(part(2) + part(1))],
    ['a part twice', page(part(2) + part(2))],
    ['a part before the marker', page(part(3)), 3],
    ['part 0', page(part(0))],
    ['part 10,001', page(part(10_001))],
    ['a part without a number', page(part('x'))],
    ['no size', page(part(1).replace('<Size>6</Size>', ''))],
    ['a negative size', page(part(1).replace('>6<', '>-6<'))],
    ['a size beyond all numbers', page(part(1).replace('>6<', '>9999999999999999<'))],
    ['no ETag', page(part(1).replace('"E1"', ''))],
    ['a date that is none', page(part(1).replace('2024', 'year'))],
    ['a CRC that is none', page(part(1, '<HashCrc64ecma>-1</HashCrc64ecma>'))],
    ['no IsTruncated', page('').replace('false', '')],
    ['a next page from nowhere', page(part(1), true)],
    ['a next page that is this one', page('', true, '3'), 3],
    ['another document', noObjects],
    ['bytes that are no text', '\ufffd\0'],
  ])('refuses %s', async (_, body, marker) => {
    await expect(run(operation(marker), { body })).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  })
})
