// A bucket whose requesters pay: OSS refuses every request that does not say so (EC 0003-00000703).

import { expect, test } from 'vitest'
import { Bucket } from '../../../src/bucket/bucket.ts'
import type { BucketOptions } from '../../../src/bucket/bucket-options.ts'
import { downloadTo } from '../../../src/download/download-object.ts'
import type { UploadOptions } from '../../../src/options/upload-options.ts'
import { bytesSource } from '../../../src/source/bytes-source.ts'
import { uploadFrom } from '../../../src/upload/resumable-upload.ts'
import { LocalOss, refusal } from '../support/local-oss.ts'
import { memorySink } from '../support/memory-sink.ts'
import { seeded } from '../support/random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

function paidBucket(options: Partial<BucketOptions>) {
  const clock = new VirtualClock('jump')
  const oss = new LocalOss(clock)
  oss.intercept = (seen, pass) =>
    seen.headers['x-oss-request-payer'] === 'requester'
      ? pass()
      : refusal(403, 'AccessDenied', { EC: '0003-00000703' })()
  const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
  const bucket = new Bucket(
    { name: oss.bucket, region: 'cn-hangzhou', credentials, ...options },
    { clock, random: seeded(1), transport: oss },
  )
  return { oss, bucket }
}

const bytes = new Uint8Array(300_000).fill(7)
const inParts = { multipartThreshold: 102_400, partSize: 102_400 }
const upload = (bucket: Bucket, options: UploadOptions) =>
  uploadFrom(bucket, 'k', async () => bytesSource(bytes), options, false)

test('with requestPayer every operation says it', async () => {
  const { oss, bucket } = paidBucket({ requestPayer: 'requester' })
  await bucket.putBucket()
  await upload(bucket, inParts)
  await upload(bucket, {})
  const sink = memorySink()
  await downloadTo(bucket, 'k', async () => sink, {})
  await bucket.headObject({ key: 'k' })
  await bucket.listObjects()
  await bucket.listMultipartUploads()
  const { uploadId } = await bucket.initiateMultipartUpload({ key: 'x' })
  await bucket.uploadPart({ key: 'x', uploadId, partNumber: 1, body: bytes })
  await bucket.listParts({ key: 'x', uploadId })
  await bucket.abortMultipartUpload({ key: 'x', uploadId })
  await bucket.deleteObject({ key: 'k' })
  expect(oss.requests.length).toBeGreaterThan(12)
  for (const { headers } of oss.requests) {
    expect(headers['x-oss-request-payer']).toBe('requester')
  }
})

test.each(['x-oss-request-payer', 'X-OSS-Request-Payer'])(
  'as a header of one upload (%s) it goes with every request of it',
  async name => {
    const { oss, bucket } = paidBucket({})
    await bucket.client.paying.call({ operation: 'PutBucket', method: 'PUT' })
    await upload(bucket, { ...inParts, headers: { [name]: 'requester' } })
    expect(oss.count('UploadPart')).toBe(3)
    expect(Buffer.compare((await oss.object('k')) ?? Buffer.of(), bytes)).toBe(0)
  },
)

test('without it the refusal says what to set', async () => {
  const { bucket } = paidBucket({})
  await expect(upload(bucket, {})).rejects.toMatchObject({
    code: 'AccessDenied',
    hint: expect.stringMatching(/requestPayer.*--request-payer/),
  })
})

test('another value is refused', async () => {
  const wrong = JSON.parse('{"requestPayer":"me"}')
  expect(() => paidBucket(wrong)).toThrow(
    expect.objectContaining({ code: 'INVALID_REQUEST_PAYER' }),
  )
  const { bucket } = paidBucket({})
  const headers = { 'x-oss-request-payer': 'me' }
  await expect(upload(bucket, { headers })).rejects.toMatchObject({ code: 'INVALID_HEADERS' })
})
