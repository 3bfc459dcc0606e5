import { describe, expect, it } from 'vitest'
import { getBucketInfo } from '../../../src/oss/get-bucket-info.ts'
import { listBuckets } from '../../../src/oss/list-buckets.ts'
import { listMultipartUploads } from '../../../src/oss/list-multipart-uploads.ts'
import { listObjects } from '../../../src/oss/list-objects.ts'
import { type Operation, run } from './scripted-transport.ts'

const noObjects = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
const noUploads =
  '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>'
const noBuckets = '<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>'
const bucketFields =
  '<Name>b</Name><Location>oss-cn-x</Location><CreationDate>2024-07-31T10:56:21.000Z</CreationDate>'

describe('listObjects', () => {
  const contents = (encoded: string) =>
    `<Contents><Key>${encoded}</Key><LastModified>2024-02-24T08:43:07.000Z</LastModified><ETag>"E"</ETag><Type>Normal</Type><Size>34</Size><StorageClass>Standard</StorageClass></Contents>`
  const listed = (odd: string) => ({
    key: odd,
    size: 34,
    etag: 'E',
    lastModified: Date.UTC(2024, 1, 24, 8, 43, 7),
    objectType: 'Normal',
    storageClass: 'Standard',
  })
  const keys = ['a//b', '../x', 'x y+z%2F', '😀', '\x01\n', ' ', '+', 'x'.repeat(1023)]
  const encode = (text: string) => encodeURIComponent(text)

  it('decodes keys, prefixes and the token', async () => {
    const body = `<ListBucketResult xmlns="x"><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>a%2B</NextContinuationToken>${keys
      .map(odd => contents(encode(odd)))
      .join('')}<CommonPrefixes><Prefix>d%20%2F</Prefix></CommonPrefixes></ListBucketResult>`
    const { result } = await run(client => listObjects(client), { body })
    expect(result).toEqual({
      objects: keys.map(listed),
      prefixes: ['d /'],
      isTruncated: true,
      nextContinuationToken: 'a+',
    })
  })

  it('decodes nothing that is not said to be encoded', async () => {
    const body = `<ListBucketResult><IsTruncated>false</IsTruncated>${contents('a%20b')}</ListBucketResult>`
    const { result } = await run(client => listObjects(client), { body })
    expect(result).toEqual({ objects: [listed('a%20b')], prefixes: [], isTruncated: false })
  })

  it.each([
    ['no token for the next page', noObjects.replace('false', 'true')],
    [
      'a key that cannot be decoded',
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${contents('%FF')}</ListBucketResult>`,
    ],
    [
      'an empty key',
      `<ListBucketResult><IsTruncated>false</IsTruncated>${contents('')}</ListBucketResult>`,
    ],
  ])('refuses %s', async (_, body) => {
    await expect(run(client => listObjects(client), { body })).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    })
  })
})

describe('listMultipartUploads', () => {
  it('reads a page', async () => {
    const body = `<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
      <NextKeyMarker>a%2Fb</NextKeyMarker><NextUploadIdMarker>U%2F</NextUploadIdMarker>
      <Upload><Key>a%01b</Key><UploadId>U%2F</UploadId><StorageClass>Standard</StorageClass><Initiated>2024-02-23T04:18:23.000Z</Initiated></Upload>
      <CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes></ListMultipartUploadsResult>`
    const { result } = await run(client => listMultipartUploads(client), { body })
    expect(result).toEqual({
      uploads: [
        {
          key: 'a\x01b',
          uploadId: 'U%2F',
          initiatedAt: Date.UTC(2024, 1, 23, 4, 18, 23),
          storageClass: 'Standard',
        },
      ],
      prefixes: ['d/'],
      isTruncated: true,
      nextKeyMarker: 'a/b',
      nextUploadIdMarker: 'U%2F',
    })
  })

  it('reads the last page, whose markers are empty', async () => {
    const body =
      '<ListMultipartUploadsResult><NextKeyMarker></NextKeyMarker><NextUploadIdMarker></NextUploadIdMarker><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>'
    const { result } = await run(client => listMultipartUploads(client), { body })
    expect(result).toEqual({ uploads: [], prefixes: [], isTruncated: false })
  })

  it('refuses a next page from nowhere', async () => {
    const body = noUploads.replace('false', 'true')
    await expect(run(client => listMultipartUploads(client), { body })).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    })
  })
})

describe('buckets', () => {
  const summary = { name: 'b', region: 'cn-x', createdAt: Date.UTC(2024, 6, 31, 10, 56, 21) }

  it('getBucketInfo', async () => {
    const body = `<BucketInfo><Bucket>${bucketFields}<AccessControlList><Grant>private</Grant></AccessControlList><Versioning>Enabled</Versioning><TransferAcceleration>Disabled</TransferAcceleration></Bucket></BucketInfo>`
    const { result } = await run(client => getBucketInfo(client), { body })
    expect(result).toEqual({
      ...summary,
      acl: 'private',
      versioning: 'Enabled',
      transferAcceleration: 'Disabled',
    })
  })

  it('listBuckets', async () => {
    const body = `<ListAllMyBucketsResult><IsTruncated>true</IsTruncated><NextMarker>b</NextMarker><Buckets><Bucket>${bucketFields}<StorageClass>IA</StorageClass></Bucket></Buckets></ListAllMyBucketsResult>`
    const { result } = await run(client => listBuckets(client), { body })
    expect(result).toEqual({
      buckets: [{ ...summary, storageClass: 'IA' }],
      isTruncated: true,
      nextMarker: 'b',
    })
  })

  it.each<[Operation, string]>([
    [client => getBucketInfo(client), '<BucketInfo/>'],
    [client => getBucketInfo(client), '<BucketInfo><Bucket><Name>b</Name></Bucket></BucketInfo>'],
    [client => listBuckets(client), '<ListAllMyBucketsResult/>'],
    [client => listBuckets(client), noBuckets.replace('<B', '<IsTruncated>true</IsTruncated><B')],
  ])('%s refuses %s', async (operation, body) => {
    await expect(run(operation, { body })).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  })
})
