import { describe, expect, test } from 'vitest'
import { NetworkError, OssError, type OssupError } from '../../../src/errors.ts'
import { crc64 } from '../../../src/hash/crc64.ts'
import { decodeJournal } from '../../../src/journal/codec.ts'
import type { Clock, HttpResponse } from '../../../src/ports.ts'
import { EditableSource } from '../support/editable-source.ts'
import { type Intercept, refusal, type SeenRequest } from '../support/local-oss.ts'
import { key, partSize, uploadBench } from '../support/upload-bench.ts'

type Bench = ReturnType<typeof uploadBench>

const lost = () => new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })

/** Treats the requests of one operation, by their count from 1, and passes all others. */
function on(
  operation: string,
  act: (
    count: number,
    pass: () => Promise<HttpResponse>,
    seen: SeenRequest,
  ) => Promise<HttpResponse>,
): Intercept {
  let count = 0
  return (seen, pass) => (seen.operation === operation ? act(++count, pass, seen) : pass())
}

/** OSS does the work and its answer is lost. */
async function loseAnswer(pass: () => Promise<HttpResponse>): Promise<never> {
  await pass()
  throw lost()
}

async function expectStored(bench: Bench): Promise<void> {
  const stored = (await bench.oss.object(key)) ?? Buffer.from('nothing')
  // Byte by byte, `toEqual` takes seconds.
  if (Buffer.compare(stored, bench.source.bytes) === 0) return
  expect(`${stored.length} bytes, CRC-64 ${crc64(stored)}`).toBe(
    `${bench.source.bytes.length} bytes, CRC-64 ${crc64(bench.source.bytes)}`,
  )
}

async function expectNothingLeft(bench: Bench): Promise<void> {
  expect(await bench.oss.uploads()).toEqual([])
  expect(await bench.store.list()).toEqual([])
}

async function failureOf(promise: Promise<unknown>): Promise<OssupError> {
  return promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: OssupError) => error,
  )
}

/** Sends until this many parts are confirmed, then stops. */
async function stopAfter(bench: Bench, parts: number, concurrency = 1): Promise<void> {
  const stop = new AbortController()
  let confirmed = 0
  const stopped = bench.run({
    concurrency,
    signal: stop.signal,
    onEvent: event => {
      if (event.type === 'part' && ++confirmed === parts) stop.abort('pause')
    },
  })
  await expect(stopped).rejects.toBe('pause')
  bench.oss.requests.length = 0
}

/** Confirmed bytes fall only with a new round, and nothing is reported after the end. */
function expectHonestProgress({ snapshots }: Bench): void {
  for (const [index, snapshot] of snapshots.entries()) {
    const before = snapshots[index - 1]
    if (before === undefined) continue
    expect(snapshot.sentBytes).toBeGreaterThanOrEqual(before.sentBytes)
    if (snapshot.round === before.round) {
      expect(snapshot.confirmedBytes).toBeGreaterThanOrEqual(before.confirmedBytes)
    }
  }
}

describe('a fresh upload', () => {
  test.each([1, 4, 16])('in parts, %i at a time', async concurrency => {
    const bench = uploadBench()
    const done = await bench.run({ concurrency })
    await expectStored(bench)
    await expectNothingLeft(bench)
    expectHonestProgress(bench)
    const { bytes } = bench.source
    expect(done).toMatchObject({
      bucket: bench.oss.bucket,
      key,
      size: bytes.length,
      crc64: String(crc64(bytes)),
      verified: 'crc64',
      parts: 6,
      resumed: { bytes: 0, parts: 0 },
      sentBytes: bytes.length,
      retries: 0,
    })
    expect(done.uploadId).toBeDefined()
    expect(bench.eventTypes()).toEqual(['started', 'completing'])
    expect(bench.snapshots.at(-1)).toMatchObject({ phase: 'done', confirmedBytes: bytes.length })
    expect(bench.source.closed).toBe(1)
  })

  test('below the threshold, as one request without a journal', async () => {
    const bench = uploadBench({ size: 3 * partSize - 1 })
    const done = await bench.run()
    await expectStored(bench)
    expect(bench.oss.requests.map(({ operation }) => operation)).toEqual(['PutObject'])
    expect(done).toMatchObject({ parts: 0, verified: 'crc64' })
    expect(done.uploadId).toBeUndefined()
    await expectNothingLeft(bench)
  })

  test.each([0, 1])('of %i bytes', async size => {
    const bench = uploadBench({ size })
    expect(await bench.run()).toMatchObject({ size, parts: 0 })
    await expectStored(bench)
  })

  test('of nothing, in parts', async () => {
    const bench = uploadBench({ size: 0 })
    expect(await bench.run({ multipartThreshold: 0 })).toMatchObject({ size: 0, parts: 1 })
    await expectStored(bench)
    await expectNothingLeft(bench)
  })

  test('with its headers at Initiate, and ACL at Complete', async () => {
    const bench = uploadBench()
    await bench.run({ contentType: 'text/x-test', metadata: { Color: 'blue' }, acl: 'private' })
    const { headers } =
      bench.oss.requests.find(r => r.operation === 'InitiateMultipartUpload') ?? {}
    expect(headers).toMatchObject({ 'content-type': 'text/x-test', 'x-oss-meta-color': 'blue' })
    const complete = bench.oss.requests.find(r => r.operation === 'CompleteMultipartUpload')
    expect(complete?.headers['x-oss-object-acl']).toBe('private')
  })

  test('larger than OSS takes is refused before any request', async () => {
    const bench = uploadBench()
    const huge = new EditableSource(bench.clock, 1)
    huge.identity = async () => ({ size: 60_000_000_000_000 })
    const error = await failureOf(bench.run({}, { source: huge }))
    expect(error).toMatchObject({ code: 'SOURCE_TOO_LARGE', name: 'SourceError' })
    expect(bench.oss.requests).toEqual([])
    expect(huge.closed).toBe(1)
  })
})

describe('resuming', () => {
  test.each([
    { parts: 1, concurrency: 1 },
    { parts: 3, concurrency: 1 },
    { parts: 2, concurrency: 4 },
    { parts: 5, concurrency: 3 },
  ])('after $parts parts, $concurrency at a time', async ({ parts, concurrency }) => {
    const bench = uploadBench()
    await stopAfter(bench, parts, concurrency)
    const kept = await bench.oss.store.parts(
      bench.oss.bucket,
      (await bench.oss.uploads())[0]?.id ?? '',
    )
    const done = await bench.run({ concurrency })
    await expectStored(bench)
    await expectNothingLeft(bench)
    expectHonestProgress(bench)
    expect(done.resumed.parts).toBe(kept.length)
    expect(done.resumed.parts).toBeGreaterThanOrEqual(parts)
    expect(done.sentBytes).toBe(bench.source.bytes.length - done.resumed.bytes)
    expect(bench.oss.count('InitiateMultipartUpload')).toBe(0)
    expect(bench.eventTypes()).toEqual(['started', 'resumed', 'completing'].slice(-2))
  })

  test('also right after the pause, without waiting for it to end', async () => {
    const bench = uploadBench()
    const stop = new AbortController()
    const paused = bench.run({
      signal: stop.signal,
      onEvent: ({ type }) => type === 'part' && stop.abort('pause'),
    })
    const again = new Promise((resolve, reject) => {
      stop.signal.addEventListener('abort', () => bench.run().then(resolve, reject))
    })
    await expect(paused).rejects.toBe('pause')
    await again
    await expectStored(bench)
    expect(bench.oss.count('InitiateMultipartUpload')).toBe(1)
  })

  test('a part that only OSS knows is kept if the bytes are equal', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 3)
    // A power cut took the records of all parts.
    bench.store.crash(() => 0)
    const done = await bench.run()
    expect(done.resumed.parts).toBe(3)
    expect(bench.oss.count('UploadPart')).toBe(3)
    await expectStored(bench)
  })

  test('and sent again if they are not', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 3)
    bench.store.crash(() => 0)
    bench.source.edit(bytes => {
      bytes[partSize + 5] = (bytes[partSize + 5] ?? 0) ^ 1
      return bytes
    })
    await bench.clock.sleep(5000)
    const done = await bench.run()
    expect(done.resumed.parts).toBe(2)
    await expectStored(bench)
  })

  test('without ListParts the journal alone decides', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 3)
    bench.oss.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret', deny: ['oss:ListParts'] })
    const done = await bench.run()
    expect(done.resumed.parts).toBe(3)
    expect(bench.oss.count('UploadPart')).toBe(3)
    await expectStored(bench)
  })

  test('a part that OSS lost, or has with other bytes, is sent again', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 4)
    const [upload] = await bench.oss.uploads()
    const other = new Uint8Array(partSize)
    await bench.client.call({
      operation: 'UploadPart',
      method: 'PUT',
      key,
      query: { partNumber: '2', uploadId: upload?.id ?? '' },
      body: other,
    })
    bench.oss.requests.length = 0
    const done = await bench.run()
    expect(done.resumed.parts).toBe(3)
    expect(bench.oss.count('CompleteMultipartUpload')).toBe(1)
    await expectStored(bench)
  })

  test('a short last part stays where it is', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('UploadPart', async (_count, pass, { query }) => {
      if (query.get('partNumber') === '2') return refusal(403, 'AccessDenied')()
      return pass()
    })
    await failureOf(bench.run({ concurrency: 1 }))
    bench.oss.intercept = on('UploadPart', async (_count, pass, { query }) => {
      if (query.get('partNumber') === '2') await bench.clock.sleep(10_000)
      if (query.get('partNumber') === '4') return refusal(403, 'AccessDenied')()
      return pass()
    })
    await failureOf(bench.run({ concurrency: 4 }))
    bench.oss.intercept = (_seen, pass) => pass()
    await bench.run()
    await expectStored(bench)
  })

  test('in the part size it was begun with', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 2)
    const done = await bench.run({ partSize: 2 * partSize })
    expect(done.parts).toBe(6)
    await expectStored(bench)
  })

  test('with other headers it starts again and aborts the old upload', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 2)
    const done = await bench.run({ metadata: { a: 'b' } })
    expect(done.resumed.parts).toBe(0)
    await expectStored(bench)
    await expectNothingLeft(bench)
  })
})

describe('a source that changed', () => {
  test('between runs: equal parts are kept, the others sent again', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 4)
    bench.source.edit(bytes => {
      bytes[0] = (bytes[0] ?? 0) ^ 1
      return bytes
    })
    await bench.clock.sleep(5000)
    const done = await bench.run()
    expect(done.resumed.parts).toBe(3)
    await expectStored(bench)
    expectHonestProgress(bench)
  })

  test.each([
    { what: 'grew', size: 7 * partSize, kept: 4 },
    { what: 'grew beyond its short last part', size: 9 * partSize, kept: 4 },
    { what: 'shrank', size: 3 * partSize + 1, kept: 3 },
  ])('it $what between runs', async ({ size, kept }) => {
    const bench = uploadBench()
    await stopAfter(bench, 4)
    bench.source.edit(bytes => {
      const grown = new Uint8Array(size)
      grown.set(bytes.subarray(0, size))
      return grown
    })
    await bench.clock.sleep(5000)
    const done = await bench.run()
    expect(done.resumed.parts).toBe(kept)
    await expectStored(bench)
    expectHonestProgress(bench)
  })

  test('confirmed bytes do not fall within the first round when a short last part has to go', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', refusal(403, 'AccessDenied'))
    await failureOf(bench.run())
    bench.oss.intercept = (_seen, pass) => pass()
    bench.snapshots.length = 0
    bench.source.edit(bytes => Buffer.concat([bytes, bytes.subarray(0, partSize)]))
    await bench.clock.sleep(5000)
    const done = await bench.run()
    expect(done.resumed).toEqual({ parts: 5, bytes: 5 * partSize })
    expect(bench.events.find(({ type }) => type === 'resumed')).toMatchObject({ parts: 5 })
    expectHonestProgress(bench)
    await expectStored(bench)
  })

  test('below the threshold between runs: one request, and the old upload aborted', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 3)
    bench.source.edit(bytes => bytes.slice(0, 1000))
    await bench.clock.sleep(5000)
    expect(await bench.run()).toMatchObject({ parts: 0, size: 1000 })
    await expectStored(bench)
    await expectNothingLeft(bench)
  })

  test('once during the upload: it is mended in a second round, which says why', async () => {
    const bench = uploadBench()
    let edited = false
    bench.source.onRead = position => {
      if (edited || position < 3 * partSize) return
      edited = true
      bench.source.edit(bytes => {
        bytes[7] = (bytes[7] ?? 0) ^ 1
        return bytes
      })
    }
    await bench.run({ concurrency: 1 })
    await expectStored(bench)
    expect(bench.events).toContainEqual(expect.objectContaining({ type: 'round', partsDropped: 1 }))
    expect(bench.snapshots.at(-1)).toMatchObject({ round: 2, roundReason: 'it was modified' })
    expectHonestProgress(bench)
  })

  test('without end: SOURCE_CHANGED after three rounds of mending, the checkpoint kept', async () => {
    const bench = uploadBench()
    let reads = 0
    bench.source.onRead = () => {
      if (++reads % 3 === 0) {
        bench.source.edit(bytes => {
          bytes[reads % bytes.length] = reads & 0xff
          return bytes
        })
      }
    }
    const error = await failureOf(bench.run({ concurrency: 1 }))
    expect(error).toMatchObject({ code: 'SOURCE_CHANGED', resumable: true })
    expect(Math.max(...bench.snapshots.map(({ round }) => round))).toBe(4)
    expect(bench.oss.count('CompleteMultipartUpload')).toBe(0)
    bench.source.onRead = () => {}
    await bench.clock.sleep(5000)
    await bench.run()
    await expectStored(bench)
  })

  test('shorter while it is sent, down to below the threshold', async () => {
    const bench = uploadBench()
    let edited = false
    bench.source.onRead = position => {
      if (edited || position < 2 * partSize) return
      edited = true
      bench.source.edit(bytes => bytes.slice(0, 500))
    }
    expect(await bench.run({ concurrency: 1 })).toMatchObject({ parts: 0, size: 500 })
    await expectStored(bench)
    await expectNothingLeft(bench)
  })

  test('while it goes as one request: nothing of it is stored, then all of it', async () => {
    const bench = uploadBench({ size: 2 * partSize })
    let edits = 0
    bench.source.onRead = () => {
      if (edits++ < 1) bench.source.edit(bytes => bytes.fill(9))
    }
    const done = await bench.run()
    await expectStored(bench)
    expect(bench.oss.count('PutObject')).toBe(2)
    expect(done.size).toBe(2 * partSize)
    expect(bench.oss.requests[0]?.sent).toBeLessThan(2 * partSize)
  })

  test('a file that is written on and on as one request', async () => {
    const bench = uploadBench({ size: 2 * partSize })
    bench.source.onRead = () => bench.source.edit(bytes => bytes.fill(Math.random() * 256))
    const error = await failureOf(bench.run())
    expect(error).toMatchObject({ code: 'SOURCE_CHANGED', resumable: false })
    expect(bench.oss.count('PutObject')).toBe(4)
    expect(await bench.oss.object(key)).toBeUndefined()
  })

  test('stamps that are too young prove nothing: the bytes are hashed again', async () => {
    const bench = uploadBench({ ageMs: 0 })
    const identity = await bench.source.identity()
    bench.source.identity = async () => identity
    let edited = false
    bench.source.onRead = position => {
      if (edited || position < 4 * partSize) return
      edited = true
      // Within the resolution of the timestamps, so they do not show the change.
      bench.source.bytes[3] = (bench.source.bytes[3] ?? 0) ^ 1
    }
    await bench.run({ concurrency: 1 })
    await expectStored(bench)
  })

  test('stamps that settle while the bytes are hashed prove nothing either', async () => {
    const bench = uploadBench({ ageMs: 1000 })
    const { source } = bench
    const identity = await source.identity()
    source.identity = async () => identity
    const read = source.read.bind(source)
    source.read = (into, position) => read(into.subarray(0, partSize), position)
    let beginnings = 0
    let isEdited = false
    source.onRead = position => {
      if (position === 0) beginnings++
      if (isEdited || beginnings < 2 || position < 4 * partSize) return
      isEdited = true
      // A part that was hashed by now, and one that was not.
      for (const at of [3, position + 3]) source.bytes[at] = (source.bytes[at] ?? 0) ^ 1
      bench.clock.shiftWall(5000)
    }
    await bench.run({ concurrency: 1 })
    await expectStored(bench)
  })
})

describe('a Complete in doubt', () => {
  test.each([1, 4])(
    'whose answer was lost is found at the object, %i at a time',
    async concurrency => {
      const bench = uploadBench()
      bench.oss.intercept = on('CompleteMultipartUpload', (_count, pass) => loseAnswer(pass))
      const done = await bench.run({ concurrency })
      expect(done).toMatchObject({ parts: 6, verified: 'crc64' })
      expect(bench.oss.count('CompleteMultipartUpload')).toBe(1)
      await expectStored(bench)
      await expectNothingLeft(bench)
    },
  )

  test('that OSS never saw is sent again', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', async (count, pass) => {
      if (count === 1) throw lost()
      return pass()
    })
    await bench.run()
    expect(bench.oss.count('CompleteMultipartUpload')).toBe(2)
    expect(bench.oss.count('HeadObject')).toBe(1)
    await expectStored(bench)
  })

  test.each([1, 4])(
    'in an earlier run that was killed, parts sent %i at a time',
    async concurrency => {
      const bench = uploadBench()
      const killed = new Promise<void>(resolve => {
        bench.oss.intercept = on('CompleteMultipartUpload', async (_count, pass) => {
          await pass()
          resolve()
          return new Promise(() => {})
        })
      })
      // Parts are confirmed in another order than that of their numbers.
      const slowFirst = bench.oss.intercept
      bench.oss.intercept = async (seen, pass) => {
        if (seen.query.get('partNumber') === '1') await bench.clock.sleep(500)
        return slowFirst(seen, pass)
      }
      const stop = new AbortController()
      const first = bench.run({ concurrency, signal: stop.signal })
      first.catch(() => {})
      await killed
      bench.store.crash()
      stop.abort('killed')
      await first.catch(() => {})
      bench.oss.intercept = (_seen, pass) => pass()
      bench.oss.requests.length = 0
      const done = await bench.run()
      // One look at the object decides, in any order of confirmed parts.
      expect(bench.oss.requests.map(({ operation }) => operation)).toEqual([
        'HeadObject',
        'AbortMultipartUpload',
      ])
      expect(done).toMatchObject({ size: bench.source.bytes.length, parts: 6 })
      await expectNothingLeft(bench)
    },
  )

  test('where reading is refused: COMPLETE_UNKNOWN, and nothing is sent again', async () => {
    const bench = uploadBench()
    bench.oss.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret', deny: ['oss:GetObject'] })
    bench.oss.intercept = on('CompleteMultipartUpload', (_count, pass) => loseAnswer(pass))
    const error = await failureOf(bench.run())
    expect(error).toMatchObject({ code: 'COMPLETE_UNKNOWN', resumable: true })
    expect(bench.oss.count('CompleteMultipartUpload')).toBe(1)
  })

  test('and another, newer object: OVERWRITTEN_ELSEWHERE, not overwritten, nothing kept', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', async (_count, pass) => {
      await pass()
      await bench.clock.sleep(3000)
      await bench.client.call({
        operation: 'PutObject',
        method: 'PUT',
        key,
        body: Uint8Array.of(1),
      })
      throw lost()
    })
    const error = await failureOf(bench.run())
    expect(error).toMatchObject({ code: 'OVERWRITTEN_ELSEWHERE', resumable: false })
    expect(await bench.oss.object(key)).toEqual(Buffer.of(1))
    await expectNothingLeft(bench)
  })

  test('with forbidOverwrite our own object is known by its nonce', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', (_count, pass) => loseAnswer(pass))
    await bench.run({ forbidOverwrite: true })
    await expectStored(bench)
    await expectNothingLeft(bench)
  })

  test("with forbidOverwrite another's equal object is not taken for ours", async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', async () => {
      await bench.clock.sleep(3000)
      await bench.client.call({
        operation: 'PutObject',
        method: 'PUT',
        key,
        body: bench.source.bytes,
      })
      throw lost()
    })
    const error = await failureOf(bench.run({ forbidOverwrite: true }))
    expect(error.code).toBe('OVERWRITTEN_ELSEWHERE')
  })

  test('an object that was there before is refused with forbidOverwrite', async () => {
    const bench = uploadBench()
    await bench.client.call({ operation: 'PutObject', method: 'PUT', key, body: Uint8Array.of(1) })
    const error = await failureOf(bench.run({ forbidOverwrite: true }))
    expect(error).toMatchObject({ code: 'FileAlreadyExists', resumable: false })
    expect(bench.oss.count('UploadPart')).toBe(0)
    expect(await bench.oss.uploads()).toEqual([])
    expect(await bench.oss.object(key)).toEqual(Buffer.of(1))
  })

  test('an object that came meanwhile is refused by OSS itself', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', async (_count, pass) => {
      await bench.client.call({
        operation: 'PutObject',
        method: 'PUT',
        key,
        body: Uint8Array.of(1),
      })
      return pass()
    })
    const error = await failureOf(bench.run({ forbidOverwrite: true }))
    expect(error).toMatchObject({ code: 'FileAlreadyExists', resumable: true })
    expect(await bench.oss.object(key)).toEqual(Buffer.of(1))
  })

  test('a wrong CRC-64 in its answer that the object does not confirm is harmless', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', async (_count, pass) => {
      const answer = await pass()
      return { ...answer, headers: { ...answer.headers, 'x-oss-hash-crc64ecma': '1' } }
    })
    await bench.run()
    await expectStored(bench)
  })

  test('InvalidPart: what differs is sent again', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('CompleteMultipartUpload', async (count, pass) => {
      if (count > 1) return pass()
      const [upload] = await bench.oss.uploads()
      await bench.client.call({
        operation: 'UploadPart',
        method: 'PUT',
        key,
        query: { partNumber: '3', uploadId: upload?.id ?? '' },
        body: new Uint8Array(partSize),
      })
      return pass()
    })
    await bench.run()
    await expectStored(bench)
    expectHonestProgress(bench)
  })
})

describe('a dead upload id', () => {
  const kill = async (bench: Bench) => {
    for (const { id } of await bench.oss.uploads()) {
      await bench.oss.store.abortUpload(bench.oss.bucket, id, { keepUpload: false })
    }
  }

  test('between runs leads to a new upload', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 3)
    await kill(bench)
    const done = await bench.run()
    expect(done).toMatchObject({ resumed: { parts: 0, bytes: 0 }, parts: 6 })
    await expectStored(bench)
    await expectNothingLeft(bench)
    expectHonestProgress(bench)
  })

  test('again and again is reported after two new uploads, and nothing is left', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('UploadPart', async (_count, pass, { query }) => {
      if (query.get('partNumber') === '3') await kill(bench)
      return pass()
    })
    const error = await failureOf(bench.run({ concurrency: 1 }))
    expect(error).toMatchObject({ code: 'UPLOAD_ID_LOST', resumable: false })
    expect(bench.oss.count('InitiateMultipartUpload')).toBe(3)
    await expectNothingLeft(bench)
  })

  test('that another owner completed with the same bytes is done', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 2)
    const [upload] = await bench.oss.uploads()
    await bench.clock.sleep(2000)
    await bench.client.call({
      operation: 'PutObject',
      method: 'PUT',
      key,
      body: bench.source.bytes,
    })
    await bench.oss.store.abortUpload(bench.oss.bucket, upload?.id ?? '', { keepUpload: false })
    bench.oss.requests.length = 0
    const done = await bench.run()
    expect(bench.oss.count('UploadPart')).toBe(0)
    expect(bench.oss.count('InitiateMultipartUpload')).toBe(0)
    expect(done.crc64).toBe(String(crc64(bench.source.bytes)))
    await expectNothingLeft(bench)
  })

  test('and another, newer object is not overwritten unasked', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 2)
    await kill(bench)
    await bench.clock.sleep(2000)
    await bench.client.call({ operation: 'PutObject', method: 'PUT', key, body: Uint8Array.of(1) })
    const error = await failureOf(bench.run())
    expect(error).toMatchObject({ code: 'OVERWRITTEN_ELSEWHERE', resumable: false })
    expect(await bench.oss.object(key)).toEqual(Buffer.of(1))
    await bench.run()
    await expectStored(bench)
  })
})

describe('Initiate and what it may leave behind', () => {
  test('a lost answer leads to another Initiate, and the first upload is found and aborted', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('InitiateMultipartUpload', (count, pass) =>
      count === 1 ? loseAnswer(pass) : pass(),
    )
    await bench.run()
    await expectStored(bench)
    await expectNothingLeft(bench)
  })

  test('an abort while it is under way leaves it owed, and the next run pays', async () => {
    const bench = uploadBench()
    const stop = new AbortController()
    bench.oss.intercept = on('InitiateMultipartUpload', async (_count, pass) => {
      const answer = await pass()
      stop.abort('pause')
      return answer
    })
    await expect(bench.run({ signal: stop.signal })).rejects.toBe('pause')
    expect(await bench.oss.uploads()).toHaveLength(1)
    const [name] = await bench.store.list()
    const journal = decodeJournal((await bench.store.read(name ?? '')) ?? new Uint8Array())
    expect(journal.records.map(({ t }) => t)).toEqual(['begin', 'source', 'intent'])
    bench.oss.intercept = (_seen, pass) => pass()
    await bench.run()
    await expectStored(bench)
    await expectNothingLeft(bench)
  })

  test('a refusal leaves nothing', async () => {
    const bench = uploadBench()
    bench.oss.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret', deny: ['oss:PutObject'] })
    const error = await failureOf(bench.run())
    expect(error).toBeInstanceOf(OssError)
    expect(error).toMatchObject({ code: 'AccessDenied', resumable: false })
    await expectNothingLeft(bench)
  })

  test('if listing is refused, a warning is reported and the object is stored', async () => {
    const bench = uploadBench()
    bench.oss.keys.add({
      accessKeyId: 'id',
      accessKeySecret: 'secret',
      deny: ['oss:ListMultipartUploads'],
    })
    bench.oss.intercept = on('InitiateMultipartUpload', (count, pass) =>
      count === 1 ? loseAnswer(pass) : pass(),
    )
    await bench.run()
    await expectStored(bench)
    const warning = bench.events.find(({ type }) => type === 'warning')
    expect(warning).toMatchObject({ code: 'LEFT_BEHIND' })
  })

  test('where aborting is refused the old id stays owed, and a later run pays', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 2)
    const deny = ['oss:AbortMultipartUpload']
    bench.oss.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret', deny })
    await bench.run({ metadata: { a: 'b' } })
    expect(await bench.oss.uploads()).toHaveLength(1)
    expect(await bench.store.list()).toHaveLength(1)
    bench.oss.keys.add({ accessKeyId: 'id', accessKeySecret: 'secret' })
    await bench.run({ metadata: { a: 'b' } })
    await expectStored(bench)
    await expectNothingLeft(bench)
  })
})

describe('without a checkpoint', () => {
  test('an upload that fails is aborted', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('UploadPart', async (count, pass) =>
      count === 3 ? refusal(403, 'AccessDenied')() : pass(),
    )
    const error = await failureOf(bench.run({ concurrency: 1 }, { checkpoint: false }))
    expect(error).toMatchObject({ code: 'AccessDenied', resumable: false, partNumber: 3 })
    await expectNothingLeft(bench)
  })

  test('an upload that is stopped is aborted as well', async () => {
    const bench = uploadBench()
    const stop = new AbortController()
    const stopped = bench.run(
      { signal: stop.signal, onEvent: ({ type }) => type === 'part' && stop.abort('enough') },
      { checkpoint: false },
    )
    await expect(stopped).rejects.toBe('enough')
    await expectNothingLeft(bench)
  })
})

describe('faults on the way', () => {
  test('parts survive lost answers, server faults and wrong checksums', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('UploadPart', async (count, pass) => {
      if (count % 4 === 1) return loseAnswer(pass)
      if (count % 4 === 2) return refusal(500, 'InternalError')()
      const answer = await pass()
      if (count % 4 === 3) {
        return { ...answer, headers: { ...answer.headers, 'x-oss-hash-crc64ecma': '1' } }
      }
      return answer
    })
    const done = await bench.run({ concurrency: 2 })
    await expectStored(bench)
    const retries = bench.events.filter(({ type }) => type === 'retry')
    expect(done.retries).toBe(retries.length)
    for (const retry of retries) {
      expect(retry).toMatchObject({ attemptsMax: 8, code: expect.any(String) })
    }
    expect(done.retries).toBeGreaterThan(5)
    expectHonestProgress(bench)
  })

  test('a part with a final failure stops the others, and the same call continues', async () => {
    const bench = uploadBench()
    bench.oss.intercept = on('UploadPart', async (_count, pass, { query }) =>
      query.get('partNumber') === '4' ? refusal(500, 'InternalError')() : pass(),
    )
    const error = await failureOf(bench.run())
    expect(error).toMatchObject({
      code: 'InternalError',
      attempts: 8,
      retryable: true,
      resumable: true,
      partNumber: 4,
    })
    bench.oss.intercept = (_seen, pass) => pass()
    expect((await bench.run()).resumed.parts).toBeGreaterThan(0)
    await expectStored(bench)
  })

  test('a clock that is an hour slow is set right by the first refusal', async () => {
    const bench = uploadBench()
    const slow: Clock = {
      now: () => bench.clock.now() - 3_600_000,
      monotonic: () => bench.clock.monotonic(),
      sleep: (ms, signal) => bench.clock.sleep(ms, signal),
    }
    await bench.run({}, { client: bench.oss.client(undefined, slow) })
    await expectStored(bench)
  })

  test('a stop is heard at once, in the middle of a part', async () => {
    const bench = uploadBench()
    const stop = new AbortController()
    bench.oss.intercept = on('UploadPart', () => {
      stop.abort('now')
      return new Promise(() => {})
    })
    const before = bench.clock.monotonic()
    await expect(bench.run({ signal: stop.signal })).rejects.toBe('now')
    expect(bench.clock.monotonic() - before).toBeLessThan(1000)
  })
})

describe('owners', () => {
  test('two callers share one upload, and the second source is closed', async () => {
    const bench = uploadBench()
    const second = new EditableSource(bench.clock, 10)
    const both = await Promise.all([bench.run(), bench.run({}, { source: second })])
    expect(both[0]).toEqual(both[1])
    expect(bench.oss.count('InitiateMultipartUpload')).toBe(1)
    expect([bench.source.closed, second.closed]).toEqual([1, 1])
  })

  test('a caller who trusts the file less does not share the upload of one who does not', async () => {
    const bench = uploadBench()
    const first = bench.run()
    expect(await failureOf(bench.run({ verify: 'always' }))).toMatchObject({ code: 'UPLOAD_BUSY' })
    await first
    await expectStored(bench)
  })

  test('a caller whose signal is aborted already gets its source closed', async () => {
    const bench = uploadBench()
    await expect(bench.run({ signal: AbortSignal.abort('no') })).rejects.toBe('no')
    expect(bench.source.closed).toBe(1)
  })

  test('another owner of the journal is reported, or waited for', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 1)
    const [name] = await bench.store.list()
    const theirs = await bench.store.open(name ?? '')
    expect(await failureOf(bench.run())).toMatchObject({ code: 'UPLOAD_BUSY' })
    const waiting = bench.run({ wait: true })
    void bench.clock.sleep(10_000).then(() => theirs.close())
    await waiting
    expect(bench.events.filter(({ type }) => type === 'waiting')).toEqual([{ type: 'waiting' }])
    await expectStored(bench)
  })

  test('who waits for another owner can be stopped', async () => {
    const bench = uploadBench()
    await stopAfter(bench, 1)
    const [name] = await bench.store.list()
    await bench.store.open(name ?? '')
    const stop = new AbortController()
    const waiting = bench.run({ wait: true, signal: stop.signal })
    void bench.clock.sleep(10_000).then(() => stop.abort('enough'))
    await expect(waiting).rejects.toBe('enough')
  })
})

describe('the journal failing', () => {
  test('to be closed does not hide what the upload came to', async () => {
    const bench = uploadBench()
    const open = bench.store.open.bind(bench.store)
    bench.store.open = async name => {
      const journal = await open(name)
      return Object.assign(Object.create(journal), {
        contents: journal.contents,
        append: journal.append.bind(journal),
        sync: journal.sync.bind(journal),
        replace: journal.replace.bind(journal),
        remove: journal.remove.bind(journal),
        close: async () => {
          await journal.close()
          throw new Error('close failed')
        },
      })
    }
    await bench.run()
    await expectStored(bench)
  })

  test('to take a part stops the upload', async () => {
    const bench = uploadBench()
    const open = bench.store.open.bind(bench.store)
    let appends = 0
    bench.store.open = async name => {
      const journal = await open(name)
      return Object.assign(Object.create(journal), {
        contents: journal.contents,
        append: async (bytes: Uint8Array) => {
          if (++appends === 6) throw new Error('no space left')
          await journal.append(bytes)
        },
        sync: journal.sync.bind(journal),
        replace: journal.replace.bind(journal),
        remove: journal.remove.bind(journal),
        close: journal.close.bind(journal),
      })
    }
    await expect(bench.run({ concurrency: 1 })).rejects.toThrow('no space left')
    bench.store.open = open
    await bench.run()
    await expectStored(bench)
    await expectNothingLeft(bench)
  })
})
