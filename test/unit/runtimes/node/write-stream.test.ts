import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bucket, createWritable, createWriteStream } from '../../../../src/runtimes/node/index.ts'
import { type LocalOss, serve } from '../../../../src/server/index.ts'

let oss: LocalOss
let bucket: Bucket

beforeAll(async () => {
  oss = await serve({ buckets: ['writable'] })
  const { endpoint, region, key: credentials } = oss
  bucket = new Bucket({ name: 'writable', endpoint, region, credentials })
})

afterAll(() => oss.close())

const stored = async (key: string) => (await bucket.getObject({ key })).body.text()
const options = { checkpoint: false } as const

test('bytes are stored when the stream is closed, and not before', async () => {
  const { writable, result } = createWritable(bucket, 'web', options)
  const writer = writable.getWriter()
  await writer.write('häl')
  await writer.write(new Uint8Array())
  await writer.write(Uint16Array.of(0x6f6c))
  expect(await bucket.exists({ key: 'web' })).toBe(false)
  await writer.close()
  expect(await stored('web')).toBe('hällo')
  expect(await result).toMatchObject({ key: 'web', size: 6, verified: 'crc64' })
})

test('a buffer can be filled again once it is written', async () => {
  const { writable } = createWritable(bucket, 'again', options)
  const writer = writable.getWriter()
  const buffer = new Uint8Array(3)
  for (const digit of [0x31, 0x32, 0x33]) await writer.write(buffer.fill(digit))
  await writer.close()
  expect(await stored('again')).toBe('111222333')
})

test('an abort stores nothing', async () => {
  const { writable, result } = createWritable(bucket, 'aborted', options)
  const writer = writable.getWriter()
  await writer.write('half')
  await writer.abort(new Error('changed my mind'))
  await expect(result).rejects.toMatchObject({ name: 'SourceError' })
  expect(await bucket.exists({ key: 'aborted' })).toBe(false)
})

test('an upload that fails fails the writer, which does not wait for ever', async () => {
  const { writable, result } = createWritable(bucket, '', options)
  const writer = writable.getWriter()
  writer.closed.catch(() => {})
  await expect(result).rejects.toMatchObject({ code: 'INVALID_KEY' })
  await expect(writer.write('x')).rejects.toMatchObject({ code: 'INVALID_KEY' })
})

test('a chunk that is no bytes is refused', async () => {
  const { writable, result } = createWritable(bucket, 'odd', options)
  const writer = writable.getWriter()
  writer.closed.catch(() => {})
  result.catch(() => {})
  await expect(writer.write(JSON.parse('{"a":1}'))).rejects.toMatchObject({
    code: 'INVALID_CHUNK',
    options: ['chunk'],
  })
  await expect(result).rejects.toThrow()
})

test('a Node.js stream finishes once the object is stored', async () => {
  const stream = createWriteStream(bucket, 'node', options)
  await pipeline(Readable.from(['one ', Buffer.from('two')]), stream)
  expect(await stored('node')).toBe('one two')
  expect(await stream.result).toMatchObject({ size: 7 })
})

test('a Node.js stream in parts, and without a checkpoint', async () => {
  const stream = createWriteStream(bucket, 'parts', {
    ...options,
    multipartThreshold: 0,
    partSize: 102_400,
  })
  const piece = Buffer.alloc(50_000, 'x')
  await pipeline(Readable.from([piece, piece, piece, piece, piece]), stream)
  expect(await stream.result).toMatchObject({ size: 250_000, parts: 3 })
})

test('a source that fails, and a stream that is destroyed, store nothing', async () => {
  const failing = Readable.from(
    (async function* () {
      yield 'half'
      throw new Error('the disk')
    })(),
  )
  const stream = createWriteStream(bucket, 'failed', options)
  await expect(pipeline(failing, stream)).rejects.toThrow('the disk')
  await expect(stream.result).rejects.toThrow()
  const destroyed = createWriteStream(bucket, 'destroyed', options)
  destroyed.on('error', () => {})
  destroyed.write('half')
  destroyed.destroy()
  await expect(destroyed.result).rejects.toThrow()
  expect(await bucket.exists({ key: 'failed' })).toBe(false)
  expect(await bucket.exists({ key: 'destroyed' })).toBe(false)
})
