import { beforeEach, expect, test } from 'vitest'
import type { Bucket } from '../../../src/bucket/bucket.ts'
import { verifyFrom } from '../../../src/download/verify-object.ts'
import { crc64 } from '../../../src/hash/crc64.ts'
import type { VerifyOptions } from '../../../src/options/read-options.ts'
import type { Source, StreamSource } from '../../../src/ports.ts'
import type { TransferProgress } from '../../../src/progress/transfer-meter.ts'
import { bytesSource } from '../../../src/source/bytes-source.ts'
import { iterablePieces, streamSource } from '../../../src/source/stream-source.ts'
import { bucketOver } from '../support/bucket-over.ts'
import { LocalOss } from '../support/local-oss.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const content = new Uint8Array(3_000_000).map((_, at) => (at * 7) % 251)
const edited = content.map((byte, at) => (at === 2_999_999 ? byte ^ 1 : byte))
const crc = crc64(content).toString()

let oss: LocalOss
let bucket: Bucket

beforeEach(async () => {
  const clock = new VirtualClock('jump')
  oss = new LocalOss(clock)
  bucket = bucketOver(oss, clock)
  await bucket.putObject({ key: 'key', body: content })
  oss.requests.length = 0
})

function verify(source: Source | StreamSource, options: VerifyOptions = {}) {
  return verifyFrom(bucket, 'key', async () => source, options)
}

async function* pieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 100_001) yield bytes.subarray(at, at + 100_001)
}

function forget(): void {
  oss.intercept = async (_seen, pass) => {
    const answer = await pass()
    const { 'x-oss-hash-crc64ecma': _, ...headers } = answer.headers
    return { ...answer, headers }
  }
}

const kinds: [string, (bytes: Uint8Array) => Source | StreamSource][] = [
  ['bytes', bytes => bytesSource(bytes, 'name')],
  ['a stream', bytes => streamSource(iterablePieces(pieces(bytes)))],
]

test.each(kinds)('%s that are the object', async (_, open) => {
  const found = await verify(open(content))
  const { length: size } = content
  expect(found).toMatchObject({
    outcome: 'equal',
    local: { size, crc64: crc },
    object: { size, crc64: crc },
  })
  expect(oss.requests.map(({ operation }) => operation)).toEqual(['HeadObject'])
})

test.each(kinds)('%s of which one bit differs', async (_, open) => {
  const found = await verify(open(edited))
  expect(found.outcome).toBe('differs')
  expect(found.local.size).toBe(found.object.size)
  expect(found.local.crc64).not.toBe(found.object.crc64)
})

test('what has another size is not read', async () => {
  const source = bytesSource(content.subarray(1), 'name')
  const found = await verify({ ...source, read: () => Promise.reject(new Error('read')) })
  expect(found).toMatchObject({ outcome: 'differs', local: { size: content.length - 1 } })
  expect(found.local.crc64).toBeUndefined()
})

test('nothing is the empty object', async () => {
  await bucket.putObject({ key: 'key', body: new Uint8Array() })
  for (const [, open] of kinds) {
    expect(await verify(open(new Uint8Array()))).toMatchObject({
      outcome: 'equal',
      local: { crc64: '0' },
    })
  }
})

test('without a CRC-64 of the object nothing is known of equal sizes', async () => {
  forget()
  expect((await verify(bytesSource(edited, 'name'))).outcome).toBe('unknown')
  expect((await verify(bytesSource(content.subarray(1), 'name'))).outcome).toBe('differs')
})

test.each([
  ['equal', content],
  ['differs', edited],
])('a download finds out: %s', async (outcome, bytes) => {
  forget()
  const seen: TransferProgress[] = []
  const found = await verify(bytesSource(bytes, 'name'), {
    download: true,
    onProgress: progress => seen.push(progress),
  })
  expect(found).toMatchObject({ outcome, object: { crc64: crc } })
  expect(seen.at(-1)).toMatchObject({ phase: 'done', doneBytes: 2 * content.length })
})

test('a source that changes while it is read is an error', async () => {
  const source = bytesSource(content, 'name')
  let looks = 0
  const changing: Source = {
    ...source,
    read: (into, position) => source.read(into, position),
    close: () => source.close(),
    identity: async () => ({ size: content.length, mtimeNs: String(looks++) }),
  }
  await expect(verify(changing)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
})

test('an abort does not wait for a stream that is silent', async () => {
  const controller = new AbortController()
  const pieces = (async function* () {
    yield new Uint8Array(1)
    controller.abort(new Error('enough'))
    await new Promise(() => {})
  })()
  const silent = streamSource(iterablePieces(pieces))
  const stopped = verify(silent, { signal: controller.signal })
  await expect(stopped).rejects.toThrow('enough')
})

test('a missing object is reported before the source is read', async () => {
  await bucket.deleteObject({ key: 'key' })
  const source = bytesSource(content, 'name')
  const failed = verify({ ...source, read: () => Promise.reject(new Error('read')) })
  await expect(failed).rejects.toMatchObject({ code: 'NoSuchKey' })
})
