import { describe, expect, test } from 'vitest'
import type { BatchSnapshot } from '../../../src/batch/batch-snapshot.ts'
import type { Found } from '../../../src/batch/found.ts'
import { NetworkError } from '../../../src/errors.ts'
import { refusal } from '../support/local-oss.ts'
import { batchBench } from './batch-bench.ts'

const mib = 1024 ** 2
/** How the support's server calls a listing. */
const list = 'GET bucket'

/** Many small files, an empty one, and one in parts. */
function filled() {
  const bench = batchBench()
  for (let n = 0; n < 20; n++) bench.add(`small/${n}`, n * 1000)
  bench.add('large', 3 * mib)
  return bench
}

const inParts = { multipartThreshold: mib, partSize: mib }

describe('what is sent', () => {
  test('a new small file is one request, and nothing is asked but the listing', async () => {
    const bench = filled()
    const result = await bench.run(inParts)
    expect(result).toMatchObject({ uploaded: 21, unchanged: 0, failed: 0 })
    expect(result.uploadedBytes).toBe(190_000 + 3 * mib)
    expect(result.sentBytes).toBe(result.uploadedBytes)
    expect(bench.counts()).toEqual({
      [list]: 1,
      PutObject: 20,
      InitiateMultipartUpload: 1,
      UploadPart: 3,
      CompleteMultipartUpload: 1,
    })
    for (const [key, source] of bench.sources) {
      const stored = Buffer.from((await bench.oss.object(key)) ?? 'nothing')
      expect([key, stored.equals(source.bytes)]).toEqual([key, true])
    }
  })

  test('a second run sends nothing, and looks at nothing that is known', async () => {
    const bench = filled()
    await bench.run(inParts)
    expect(await bench.run(inParts)).toMatchObject({ uploaded: 0, unchanged: 21, sentBytes: 0 })
    expect(bench.counts()).toEqual({ [list]: 1 })
  })

  test('what is not known is looked at and read, and known from then on', async () => {
    const bench = filled()
    await bench.run(inParts)
    bench.facts.clear()
    expect(await bench.run(inParts)).toMatchObject({ unchanged: 21, sentBytes: 0 })
    expect(bench.counts()).toEqual({ [list]: 1, HeadObject: 21 })
    await bench.run(inParts)
    expect(bench.counts()).toEqual({ [list]: 1 })
  })

  test('what differs is sent: in size, in content alone, or because the object was replaced', async () => {
    const bench = filled()
    await bench.run(inParts)
    bench.sources.get('small/3')?.edit(() => new Uint8Array(10))
    bench.sources.get('small/4')?.edit(bytes => {
      return bytes.map(byte => byte ^ 1)
    })
    const bucket = bench.oss.client()
    const body = new Uint8Array(5000)
    await bucket.call({ operation: 'Other', method: 'PUT', key: 'small/5', body })
    bench.clock.advance(60_000)
    expect(await bench.run(inParts)).toMatchObject({ uploaded: 3, unchanged: 18 })
    expect(bench.counts()).toEqual({ [list]: 1, HeadObject: 2, PutObject: 3 })
    expect(bench.outcomes.flatMap(outcome => ('why' in outcome ? outcome.why : []))).toEqual(
      expect.arrayContaining(['size', 'content', 'content']),
    )
    expect(await bench.oss.object('small/5')).toEqual(
      Buffer.from(bench.sources.get('small/5')?.bytes ?? []),
    )
  })

  test('a file whose stamps are young is not taken for known', async () => {
    const bench = batchBench()
    bench.add('young', 100, 500)
    await bench.run()
    expect(bench.facts.size).toBe(0)
    await bench.run()
    expect(bench.counts()).toEqual({ [list]: 1, HeadObject: 1 })
  })

  test('nor is one whose stamps have settled only since it was read', async () => {
    const bench = batchBench()
    const source = bench.add('young', 100, 500)
    const identity = await source.identity()
    source.identity = async () => identity
    source.onRead = () => bench.clock.shiftWall(5000)
    await bench.run()
    expect(bench.facts.size).toBe(0)
    await bench.run()
    expect(bench.facts.size).toBe(1)
  })

  test('all of it, if asked', async () => {
    const bench = filled()
    await bench.run(inParts)
    expect(await bench.run({ ...inParts, skipUnchanged: false })).toMatchObject({ uploaded: 21 })
    expect(bench.counts()[list]).toBeUndefined()
  })

  test('nothing, with dryRun', async () => {
    const bench = filled()
    expect(await bench.run({ dryRun: true })).toMatchObject({ planned: 21, uploaded: 0 })
    expect(bench.counts()).toEqual({ [list]: 1 })
    expect(bench.outcomeOf('large')).toMatchObject({
      outcome: 'planned',
      why: 'new',
      size: 3 * mib,
    })
  })
})

describe('fewer permissions', () => {
  test('without oss:ListObjects each object is looked at', async () => {
    const bench = filled()
    bench.oss.intercept = (seen, pass) =>
      seen.operation === list ? refusal(403, 'AccessDenied')() : pass()
    const codes: string[] = []
    const onEvent = (event: { type: string; code?: string }) => codes.push(event.code ?? event.type)
    await bench.run({ onEvent })
    expect(bench.counts()).toMatchObject({ [list]: 1, HeadObject: 21 })
    expect(codes).toEqual(['LIST_REFUSED'])
    expect(await bench.run()).toMatchObject({ unchanged: 21 })
  })

  test('with oss:PutObject alone everything is sent', async () => {
    const bench = filled()
    bench.oss.intercept = (seen, pass) =>
      seen.operation === 'PutObject' ? pass() : refusal(403, 'AccessDenied')()
    expect(await bench.run()).toMatchObject({ uploaded: 21 })
    expect(await bench.run({ concurrency: 1 })).toMatchObject({ uploaded: 21 })
    expect(bench.counts()).toEqual({ [list]: 1, HeadObject: 1, PutObject: 21 })
  })
})

describe('one budget', () => {
  test.each([1, 2, 3, 8])('never more than %i requests at a time', async concurrency => {
    const bench = filled()
    bench.add('another', 3 * mib)
    let now = 0
    let most = 0
    bench.oss.intercept = async (seen, pass) => {
      if (!['PutObject', 'UploadPart'].includes(seen.operation)) return pass()
      most = Math.max(most, ++now)
      await bench.clock.sleep(10)
      const answer = await pass()
      now--
      return answer
    }
    await bench.run({ multipartThreshold: mib, partSize: 102_400, concurrency })
    expect(most).toBe(concurrency)
  })

  test('the limit of bytes a second is that of all files', async () => {
    const bench = batchBench()
    for (let n = 0; n < 10; n++) bench.add(`f${n}`, 100_000)
    const begun = bench.clock.monotonic()
    await bench.run({ bandwidth: 100_000, concurrency: 8 })
    expect(bench.clock.monotonic() - begun).toBeGreaterThan(9000)
  })
})

describe('failures', () => {
  test('one that passes is tried again at the end', async () => {
    const bench = filled()
    let broken = 0
    bench.oss.intercept = (seen, pass) => {
      const isUnlucky = seen.operation === 'PutObject' && broken < 2
      if (!isUnlucky) return pass()
      broken++
      throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
    }
    const postponed: number[] = []
    const onProgress = (snapshot: BatchSnapshot) => postponed.push(snapshot.postponed)
    const result = await bench.run({ attempts: 2, concurrency: 1, onProgress })
    expect(result).toMatchObject({ uploaded: 21, failed: 0 })
    expect(Math.max(...postponed)).toBe(1)
  })

  test('a fault of our own is not taken for that of a file', async () => {
    const bench = filled()
    const source = bench.sources.get('small/7')
    if (source !== undefined) source.read = () => Promise.reject(new Error('unexpected'))
    await expect(bench.run()).rejects.toThrow('unexpected')
  })

  test.each([
    ['NoSuchBucket', 404],
    ['InvalidAccessKeyId', 403],
  ])('%s ends the batch at once', async (code, status) => {
    const bench = filled()
    bench.oss.intercept = () => refusal(status, code)()
    await expect(bench.run()).rejects.toMatchObject({ code })
    expect(bench.oss.requests).toHaveLength(1)
    expect(bench.outcomes).toEqual([])
  })

  test.each([
    ['the bucket is at another endpoint', { Endpoint: 'oss-cn-beijing.aliyuncs.com' }],
    ['its readers pay', { EC: '0003-00000703' }],
  ])('a refusal that means that %s ends the batch at once', async (_, fields) => {
    const bench = filled()
    const warnings: string[] = []
    bench.oss.intercept = () => refusal(403, 'AccessDenied', fields)()
    const onEvent = (event: { type: string; code?: string }) => warnings.push(event.code ?? '')
    await expect(bench.run({ onEvent })).rejects.toMatchObject({ code: 'AccessDenied' })
    expect(bench.oss.requests).toHaveLength(1)
    expect(warnings).toEqual([])
    expect(bench.outcomes).toEqual([])
  })

  test('the refusal of one file is reported, with totals at the end', async () => {
    const bench = filled()
    let refused = 0
    bench.oss.intercept = (seen, pass) =>
      seen.operation === 'PutObject' && refused++ === 0 ? refusal(403, 'AccessDenied')() : pass()
    await expect(bench.run()).rejects.toMatchObject({
      code: 'SOME_FAILED',
      result: { failed: 1, uploaded: 20 },
    })
    expect(bench.outcomes.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
      { error: { code: 'AccessDenied' } },
    ])
  })

  test('refusals without an end are enough', async () => {
    const bench = batchBench()
    for (let n = 0; n < 500; n++) bench.add(`f${n}`, 10)
    bench.oss.intercept = (seen, pass) =>
      seen.operation === 'PutObject' ? refusal(403, 'AccessDenied')() : pass()
    await expect(bench.run()).rejects.toMatchObject({ code: 'AccessDenied' })
    expect(bench.counts().PutObject).toBeLessThan(40)
  })

  test('what may not be replaced is the affair of each file', async () => {
    const bench = batchBench()
    for (let n = 0; n < 50; n++) bench.add(`f${n}`, 10)
    await bench.run()
    for (const source of bench.sources.values()) source.edit(() => new Uint8Array(11))
    await expect(bench.run({ forbidOverwrite: true })).rejects.toMatchObject({
      result: { failed: 50 },
    })
    expect(bench.outcomes).toMatchObject(
      bench.outcomes.map(() => ({ error: { code: 'FileAlreadyExists' } })),
    )
  })

  test('options that cannot be are refused before any request', async () => {
    const bench = filled()
    const wrong = JSON.parse('[{"dryRun":"yes"},{"skipUnchanged":0},{"onFile":1},{"dry":true}]')
    for (const options of wrong) {
      await expect(bench.run(options)).rejects.toMatchObject({
        code: expect.stringMatching(/^INVALID_|UNKNOWN_OPTION/),
      })
    }
    expect(bench.oss.requests).toEqual([])
  })

  test('keys that cannot be, and faults of the walk, are failures of one', async () => {
    const bench = filled()
    bench.add('\\no', 10)
    await expect(bench.run()).rejects.toMatchObject({ result: { failed: 1, uploaded: 21 } })
    expect(bench.outcomeOf('\\no')).toMatchObject({ error: { code: 'INVALID_KEY' } })
  })

  test('what is no file is skipped', async () => {
    const bench = filled()
    async function* walk(): AsyncGenerator<Found> {
      yield await bench.foundFile('small/1')
      yield { kind: 'other', path: 'link', key: 'small/1a', reason: 'symlink' }
      yield await bench.foundFile('small/2')
    }
    expect(await bench.run({}, walk())).toMatchObject({ uploaded: 2, skipped: 1 })
  })
})

describe('stopping', () => {
  test('rejects with the reason, keeps checkpoints, and the next run goes on', async () => {
    const bench = filled()
    const controller = new AbortController()
    let parts = 0
    bench.oss.intercept = async (seen, pass) => {
      const answer = await pass()
      if (seen.operation === 'UploadPart' && ++parts === 2) controller.abort(new Error('enough'))
      return answer
    }
    const options = { ...inParts, concurrency: 1, signal: controller.signal }
    await expect(bench.run(options)).rejects.toThrow('enough')
    bench.oss.intercept = (_seen, pass) => pass()
    const first = bench.outcomes.length
    expect(await bench.store.list()).toHaveLength(1)
    expect(await bench.run({ ...inParts, concurrency: 1 })).toMatchObject({
      uploaded: 21 - first,
      unchanged: first,
      failed: 0,
    })
    expect(bench.counts().UploadPart).toBeLessThan(3)
    expect(await bench.store.list()).toEqual([])
  })

  test('a checkpoint whose object is stored already is settled, not left behind', async () => {
    const bench = batchBench()
    bench.add('large', 3 * mib)
    const controller = new AbortController()
    bench.oss.intercept = async (seen, pass) => {
      const answer = await pass()
      if (seen.operation === 'CompleteMultipartUpload') controller.abort(new Error('enough'))
      return answer
    }
    const run = bench.run({ ...inParts, signal: controller.signal })
    await expect(run).rejects.toThrow('enough')
    expect(await bench.oss.object('large')).toHaveLength(3 * mib)
    expect(await bench.store.list()).toHaveLength(1)
    bench.oss.intercept = (_seen, pass) => pass()
    expect(await bench.run(inParts)).toMatchObject({ uploaded: 1, sentBytes: 0 })
    expect(await bench.store.list()).toEqual([])
  })
})

test('snapshots add up', async () => {
  const bench = filled()
  const snapshots: BatchSnapshot[] = []
  await bench.run({ ...inParts, onProgress: snapshot => snapshots.push(snapshot) })
  expect(snapshots.at(-1)).toMatchObject({
    phase: 'done',
    isWalked: true,
    filesFound: 21,
    uploaded: 21,
    confirmedBytes: 190_000 + 3 * mib,
  })
  for (const [index, { confirmedBytes, bytesFound }] of snapshots.entries()) {
    expect(confirmedBytes).toBeLessThanOrEqual(bytesFound)
    expect(confirmedBytes).toBeGreaterThanOrEqual(snapshots[index - 1]?.confirmedBytes ?? 0)
  }
})
