import { describe, expect, it } from 'vitest'
import { abortMultipartUpload } from '../../../src/oss/abort-multipart-upload.ts'
import { completeMultipartUpload } from '../../../src/oss/complete-multipart-upload.ts'
import { deleteBucket } from '../../../src/oss/delete-bucket.ts'
import { deleteObject } from '../../../src/oss/delete-object.ts'
import { getBucketInfo } from '../../../src/oss/get-bucket-info.ts'
import { getObject } from '../../../src/oss/get-object.ts'
import { headObject } from '../../../src/oss/head-object.ts'
import { initiateMultipartUpload } from '../../../src/oss/initiate-multipart-upload.ts'
import { listBuckets } from '../../../src/oss/list-buckets.ts'
import { listMultipartUploads } from '../../../src/oss/list-multipart-uploads.ts'
import { listObjects } from '../../../src/oss/list-objects.ts'
import { listParts } from '../../../src/oss/list-parts.ts'
import { putBucket } from '../../../src/oss/put-bucket.ts'
import { putObject } from '../../../src/oss/put-object.ts'
import { uploadPart } from '../../../src/oss/upload-part.ts'
import { type Operation, run, type ScriptedAnswer } from './scripted-transport.ts'

const key = 'dir/a b'
const uploadId = 'ID/1'
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
const noParts = '<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>'
const noObjects = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
const noUploads =
  '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>'
const noBuckets = '<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>'
const bucketFields =
  '<Name>b</Name><Location>oss-cn-x</Location><CreationDate>2024-07-31T10:56:21.000Z</CreationDate>'

describe('requests', () => {
  const cases: [
    operation: Operation,
    answer: ScriptedAnswer,
    line: string,
    headers?: Record<string, string>,
    body?: string,
  ][] = [
    [
      client => initiateMultipartUpload(client, { key, headers: { 'x-oss-tagging': 'a=b' } }),
      { body: initiated },
      'POST /dir/a%20b?encoding-type=url&uploads',
      { 'x-oss-tagging': 'a=b' },
      '',
    ],
    [
      client =>
        uploadPart(client, { key, uploadId, partNumber: 7, body: new Uint8Array([49, 50]) }),
      { headers: head },
      'PUT /dir/a%20b?partNumber=7&uploadId=ID%2F1',
      {},
      '12',
    ],
    [
      client => listParts(client, { key, uploadId }),
      { body: noParts },
      'GET /dir/a%20b?encoding-type=url&uploadId=ID%2F1',
    ],
    [
      client => listParts(client, { key, uploadId, partNumberMarker: 5, maxParts: 2 }),
      { body: noParts },
      'GET /dir/a%20b?encoding-type=url&max-parts=2&part-number-marker=5&uploadId=ID%2F1',
    ],
    [
      client =>
        completeMultipartUpload(client, {
          key,
          uploadId,
          parts: [
            { partNumber: 1, etag: 'A<' },
            { partNumber: 3, etag: 'B' },
          ],
          headers: { 'x-oss-forbid-overwrite': 'true' },
        }),
      { body: completed },
      'POST /dir/a%20b?encoding-type=url&uploadId=ID%2F1',
      { 'x-oss-forbid-overwrite': 'true' },
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"A&lt;"</ETag></Part><Part><PartNumber>3</PartNumber><ETag>"B"</ETag></Part></CompleteMultipartUpload>',
    ],
    [
      client => abortMultipartUpload(client, { key, uploadId }),
      { status: 204 },
      'DELETE /dir/a%20b?uploadId=ID%2F1',
    ],
    [
      client =>
        putObject(client, { key, body: new Uint8Array([49]), headers: { 'Content-Type': 't/x' } }),
      { headers: head },
      'PUT /dir/a%20b',
      { 'content-type': 't/x' },
      '1',
    ],
    [client => headObject(client, { key }), { headers: head }, 'HEAD /dir/a%20b'],
    [
      client => getObject(client, { key, headers: { 'Accept-Encoding': 'gzip' } }),
      { headers: head, body: '123' },
      'GET /dir/a%20b',
      { 'accept-encoding': 'identity' },
    ],
    [
      client => getObject(client, { key, range: { position: 1, size: 2 } }),
      { status: 206, headers: { ...head, 'content-range': 'bytes 1-2/3' }, body: '23' },
      'GET /dir/a%20b',
      {
        'accept-encoding': 'identity',
        range: 'bytes=1-2',
        'x-oss-range-behavior': 'standard',
      },
    ],
    [
      client => getObject(client, { key, range: { position: 1 } }),
      { status: 206, headers: { ...head, 'content-range': 'bytes 1-2/3' }, body: '23' },
      'GET /dir/a%20b',
      { 'accept-encoding': 'identity', range: 'bytes=1-', 'x-oss-range-behavior': 'standard' },
    ],
    [client => listObjects(client), { body: noObjects }, 'GET /?encoding-type=url&list-type=2'],
    [
      client =>
        listObjects(client, {
          prefix: 'a/',
          delimiter: '/',
          maxKeys: 3,
          startAfter: 'ü',
          continuationToken: 'CgJiYw--',
        }),
      { body: noObjects },
      'GET /?continuation-token=CgJiYw--&delimiter=%2F&encoding-type=url&list-type=2&max-keys=3&prefix=a%2F&start-after=%C3%BC',
    ],
    [
      client => listMultipartUploads(client, { prefix: '' }),
      { body: noUploads },
      'GET /?encoding-type=url&uploads',
    ],
    [
      client =>
        listMultipartUploads(client, {
          prefix: 'p',
          delimiter: '/',
          keyMarker: 'k',
          uploadIdMarker: 'U',
          maxUploads: 9,
        }),
      { body: noUploads },
      'GET /?delimiter=%2F&encoding-type=url&key-marker=k&max-uploads=9&prefix=p&upload-id-marker=U&uploads',
    ],
    [client => deleteObject(client, { key }), { status: 204 }, 'DELETE /dir/a%20b'],
    [
      client => putBucket(client, { acl: 'private', storageClass: 'IA' }),
      {},
      'PUT /',
      { 'x-oss-acl': 'private' },
      '<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>',
    ],
    [client => putBucket(client), {}, 'PUT /', {}, ''],
    [client => deleteBucket(client), { status: 204 }, 'DELETE /'],
    [
      client => getBucketInfo(client),
      { body: `<BucketInfo><Bucket>${bucketFields}</Bucket></BucketInfo>` },
      'GET /?bucketInfo',
    ],
    [client => listBuckets(client), { body: noBuckets }, 'GET /'],
    [
      client => listBuckets(client, { prefix: 'p', marker: 'm', maxKeys: 5 }),
      { body: noBuckets },
      'GET /?marker=m&max-keys=5&prefix=p',
    ],
  ]

  it.each(cases)('%s', async (operation, answer, line, headers = {}, body = undefined) => {
    const sent = await run(operation, answer)
    expect(`${sent.method} ${sent.target}`).toBe(line)
    expect(sent.headers).toEqual(headers)
    expect(sent.body && new TextDecoder().decode(sent.body as Uint8Array)).toBe(body)
    const isService = answer.body === noBuckets
    expect(sent.origin).toBe(`https://${isService ? '' : 'bucket.'}oss-cn-hangzhou.aliyuncs.com`)
  })

  it.each([
    ['a//b', '/a//b'],
    ['../x', '/../x'],
    ['x y+z%2F', '/x%20y%2Bz%252F'],
    ['😀', '/%F0%9F%98%80'],
    ['\x01\n\x7f', '/%01%0A%7F'],
    ['?#&=', '/%3F%23%26%3D'],
    ['x'.repeat(1023), `/${'x'.repeat(1023)}`],
  ])('the key %j is sent byte for byte', async (odd, target) => {
    const sent = await run(client => deleteObject(client, { key: odd }), { status: 204 })
    expect(sent.target).toBe(target)
  })
})
