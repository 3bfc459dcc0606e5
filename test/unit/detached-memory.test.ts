// Bytes whose memory was transferred (to a worker) or shrank have the length 0. Nothing may take them for empty content.

import { Readable } from 'node:stream'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { Bucket, crc64, resumableUpload } from '../../src/runtimes/node/index.ts'
import { type LocalOss, serve } from '../../src/server/index.ts'
import { detached } from './property/hostile.ts'

const key = 'exampleobject.bin'
const options = { checkpoint: false, partSize: 100 * 1024, multipartThreshold: 100 * 1024 } as const
let oss: LocalOss
let bucket: Bucket

beforeEach(async () => {
  oss = await serve({ buckets: ['examplebucket'] })
  onTestFinished(() => oss.close())
  const { endpoint, region, key: credentials } = oss
  bucket = new Bucket({ name: 'examplebucket', endpoint, region, credentials })
})

const without = {
  'a Uint8Array': () => detached(new Uint8Array(9)),
  'a Float64Array': () => detached(new Float64Array(9)),
  'a DataView': () => detached(new DataView(new ArrayBuffer(9))),
  'an ArrayBuffer': () => detached(new Uint8Array(9)).buffer,
  'a view of memory that shrank': shrunk,
}

function shrunk(): Uint8Array {
  // The language level of the sources does not have these types yet.
  const memory: ArrayBuffer = Reflect.construct(ArrayBuffer, [9, { maxByteLength: 9 }])
  const view = new Uint8Array(memory, 0, 9)
  Reflect.apply(Reflect.get(memory, 'resize'), memory, [4])
  return view
}

it.each(Object.entries(without))('%s is refused before any request', async (_, make) => {
  const given = () => make() as Uint8Array<ArrayBuffer>
  const why = { message: expect.stringContaining('memory was transferred') }
  await expect(bucket.putObject({ key, body: given() })).rejects.toMatchObject(why)
  const part = { key, uploadId: 'id', partNumber: 1, body: given() }
  await expect(bucket.uploadPart(part)).rejects.toMatchObject(why)
  await expect(resumableUpload(bucket, key, given(), options)).rejects.toMatchObject(why)
  expect(() => crc64(given())).toThrow('memory was transferred')
  expect(await bucket.exists({ key })).toBe(false)
})

it.each(Object.entries(without))('%s as the piece of a stream stores nothing', async (_, make) => {
  const stream = Readable.from([Buffer.from('abc'), make(), Buffer.from('def')])
  await expect(resumableUpload(bucket, key, stream, options)).rejects.toMatchObject({
    code: 'INVALID_SOURCE',
  })
  expect(await bucket.exists({ key })).toBe(false)
})

it('memory that is transferred during an upload ends it', async () => {
  const bytes = new Uint8Array(500 * 1024)
  let isFirst = true
  const onEvent = ({ type }: { type: string }) => {
    if (type === 'part' && isFirst) detached(bytes)
    if (type === 'part') isFirst = false
  }
  const upload = resumableUpload(bucket, key, bytes, { ...options, concurrency: 1, onEvent })
  await expect(upload).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  expect(await bucket.exists({ key })).toBe(false)
})

it('memory that is transferred before the request is sent stores nothing', async () => {
  const body = new Uint8Array(500 * 1024)
  const put = bucket.putObject({ key, body })
  detached(body)
  await expect(put).rejects.toMatchObject({ code: 'INVALID_BODY' })
  expect(await bucket.exists({ key })).toBe(false)
})

it('empty bytes are content', async () => {
  await bucket.putObject({ key, body: new Uint8Array() })
  expect((await bucket.headObject({ key })).size).toBe(0)
})
