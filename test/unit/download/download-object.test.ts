import { beforeEach, describe, expect, test } from 'vitest'
import type { Bucket } from '../../../src/bucket/bucket.ts'
import { downloadTo } from '../../../src/download/download-object.ts'
import { NetworkError, TargetError } from '../../../src/errors.ts'
import type { ReadOptions } from '../../../src/options/read-options.ts'
import type { HttpResponse } from '../../../src/ports.ts'
import type { TransferProgress } from '../../../src/progress/transfer-meter.ts'
import type { ReadEvent } from '../../../src/progress/upload-event.ts'
import { bucketOver } from '../support/bucket-over.ts'
import { LocalOss, type SeenRequest } from '../support/local-oss.ts'
import { type MemorySink, memorySink } from '../support/memory-sink.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const rangeSize = 16 * 1024 ** 2
const content = new Uint8Array(rangeSize + 100_000).map((_, at) => (at * 7) % 251)

let clock: VirtualClock
let oss: LocalOss
let bucket: Bucket

beforeEach(async () => {
  clock = new VirtualClock('jump')
  oss = new LocalOss(clock)
  bucket = bucketOver(oss, clock)
})

async function put(body: Uint8Array, key = 'key'): Promise<void> {
  await bucket.putObject({ key, body })
  oss.requests.length = 0
}

function download(sink: MemorySink = memorySink(), options: ReadOptions = {}) {
  return downloadTo(bucket, 'key', async () => sink, options)
}

const ranges = () =>
  oss.requests.filter(isRead).map(({ headers }) => headers.range?.replace('bytes=', ''))
const isRead = ({ operation }: SeenRequest) => operation === 'GetObject'

/** Breaks the body of an answer after that many bytes. */
function cut(answer: HttpResponse, after: number): HttpResponse {
  async function* body() {
    let left = after
    for await (const chunk of answer.body) {
      yield chunk.subarray(0, left)
      left -= chunk.length
      if (left <= 0) break
    }
    throw new NetworkError('CONNECTION_LOST', 'cut', { sent: 'maybe' })
  }
  return { ...answer, body: body() }
}

describe('whole', () => {
  test.each([0, 1, 255, 256 * 1024, 256 * 1024 + 1])('%i bytes', async size => {
    const bytes = content.subarray(0, size)
    await put(bytes)
    const sink = memorySink()
    const done = await download(sink)
    expect(done).toMatchObject({ size, target: 'memory', verified: 'crc64', retries: 0 })
    expect(Buffer.compare(sink.bytes(), bytes)).toBe(0)
    expect(sink.calls.at(-1)).toBe('commit')
  })

  test.each([1, 4])('in ranges that all name the ETag, %i at a time', async concurrency => {
    await put(content)
    const sink = memorySink()
    const { etag } = await download(sink, { concurrency })
    expect(Buffer.compare(sink.bytes(), content)).toBe(0)
    const reads = oss.requests.filter(isRead)
    expect(new Set(reads.map(({ headers }) => headers['if-match']))).toEqual(new Set([`"${etag}"`]))
    expect(ranges().sort()).toEqual([`0-${rangeSize - 1}`, `${rangeSize}-${content.length - 1}`])
  })

  test('from start to end into a sink that cannot seek', async () => {
    await put(content)
    const sink = memorySink(false)
    await download(sink, { concurrency: 4 })
    expect(Buffer.compare(sink.bytes(), content)).toBe(0)
  })
})

test('a body that breaks off goes on where it broke', async () => {
  await put(content.subarray(0, 1_000_000))
  let breaks = 0
  oss.intercept = async (seen, pass) => {
    const answer = await pass()
    return isRead(seen) && breaks++ < 2 ? cut(answer, 300_000) : answer
  }
  const sink = memorySink()
  const events: ReadEvent[] = []
  const done = await download(sink, { onEvent: event => events.push(event) })
  expect(Buffer.compare(sink.bytes(), content.subarray(0, 1_000_000))).toBe(0)
  expect(done.retries).toBe(2)
  expect(ranges()).toEqual(['0-999999', '300000-999999', '600000-999999'])
  expect(events).toMatchObject([
    { type: 'retry', operation: 'GetObject', attempt: 1, code: 'CONNECTION_LOST' },
    { type: 'retry', attempt: 2 },
  ])
})

test('a line that breaks more often than there are attempts is no reason to give up while it gets on', async () => {
  await put(content.subarray(0, 100_000))
  oss.intercept = async (seen, pass) => (isRead(seen) ? cut(await pass(), 10_000) : pass())
  const sink = memorySink()
  await expect(download(sink, { attempts: 2 })).resolves.toMatchObject({ verified: 'crc64' })
  expect(ranges()).toHaveLength(10)
})

test('a body that never comes whole is given up, and nothing is kept', async () => {
  await put(content.subarray(0, 1000))
  oss.intercept = async (seen, pass) => (isRead(seen) ? cut(await pass(), 0) : pass())
  const sink = memorySink()
  const failed = download(sink, { attempts: 3 })
  await expect(failed).rejects.toMatchObject({ code: 'CONNECTION_LOST', attempts: 3 })
  expect(sink.calls).toEqual(['begin', 'discard'])
})

test.each([
  ['fewer', -1],
  ['more', 1],
])('a body of %s bytes than asked for is no answer', async (what, change) => {
  await put(content.subarray(0, 1000))
  oss.intercept = async (seen, pass) => {
    const answer = await pass()
    if (!isRead(seen)) return answer
    async function* body() {
      yield content.subarray(0, 1000 + change)
    }
    return { ...answer, body: body() }
  }
  const failed = download(memorySink(), { attempts: 1 })
  await expect(failed).rejects.toMatchObject({
    code: 'BAD_ANSWER',
    message: expect.stringContaining(what),
  })
})

test('ranges of two objects never mix', async () => {
  await put(content)
  oss.intercept = async (seen, pass) => {
    const answer = await pass()
    if (seen.operation === 'HeadObject') {
      oss.intercept = (_seen, pass) => pass()
      await bucket.putObject({ key: 'key', body: content.subarray(1) })
    }
    return answer
  }
  const sink = memorySink()
  await expect(download(sink)).rejects.toMatchObject({
    code: 'OBJECT_CHANGED',
    retryable: true,
    message: expect.stringContaining('replaced or deleted'),
  })
  expect(sink.calls).toEqual(['begin', 'discard'])
})

test('bytes that are not the object are refused', async () => {
  await put(content.subarray(0, 1000))
  oss.intercept = async (seen, pass) => {
    const answer = await pass()
    if (!isRead(seen)) return answer
    async function* body() {
      for await (const chunk of answer.body)
        yield chunk.map((byte, at) => (at === 5 ? byte ^ 1 : byte))
    }
    return { ...answer, body: body() }
  }
  const sink = memorySink()
  await expect(download(sink)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', key: 'key' })
  expect(sink.calls.at(-1)).toBe('discard')
})

test('an object without a CRC-64 comes, and is said not to be verified', async () => {
  await put(content.subarray(0, 1000))
  oss.intercept = async (_seen, pass) => {
    const answer = await pass()
    const { 'x-oss-hash-crc64ecma': _, ...headers } = answer.headers
    return { ...answer, headers }
  }
  expect(await download()).toMatchObject({
    verified: 'none',
    size: 1000,
    crc64: expect.any(String),
  })
})

test('what the sink says ends it, after all writes', async () => {
  await put(content)
  const full = new TargetError('TARGET_UNWRITABLE', 'full')
  const sink = memorySink(true, call => {
    if (call === `write ${rangeSize}`) throw full
  })
  await expect(download(sink)).rejects.toBe(full)
  expect(sink.calls.at(-1)).toBe('discard')
})

test('a missing object begins nothing', async () => {
  const sink = memorySink()
  await expect(download(sink)).rejects.toMatchObject({ code: 'NoSuchKey' })
  expect(sink.calls).toEqual(['discard'])
})

test('an abort stops it with its reason', async () => {
  await put(content)
  const controller = new AbortController()
  const reason = new Error('enough')
  const sink = memorySink(true, call => {
    if (call.startsWith('write')) controller.abort(reason)
  })
  await expect(download(sink, { signal: controller.signal })).rejects.toBe(reason)
  expect(sink.calls.at(-1)).toBe('discard')
})

test('progress ends with all bytes, and says nothing afterwards', async () => {
  await put(content)
  const seen: TransferProgress[] = []
  await download(memorySink(), { onProgress: progress => seen.push(progress) })
  expect(seen.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1])).toEqual([
    'preparing',
    'reading',
    'finishing',
    'done',
  ])
  expect(seen.at(-1)).toMatchObject({ doneBytes: content.length, totalBytes: content.length })
  const [count, bytes] = [seen.length, seen.map(({ doneBytes }) => doneBytes)]
  expect(bytes).toEqual(bytes.slice().sort((a, b) => a - b))
  await clock.sleep(1000)
  expect(seen).toHaveLength(count)
})

test.each<[object, string]>([
  [{ concurrency: 0 }, 'INVALID_CONCURRENCY'],
  [{ attempts: 1.5 }, 'INVALID_ATTEMPTS'],
  [{ idleTimeoutMs: 1 }, 'INVALID_IDLE_TIMEOUT_MS'],
  [{ speed: 1 }, 'UNKNOWN_OPTION'],
])('%j is refused before any request', async (options, code) => {
  await expect(download(memorySink(), options)).rejects.toMatchObject({ code })
  expect(oss.requests).toEqual([])
})
