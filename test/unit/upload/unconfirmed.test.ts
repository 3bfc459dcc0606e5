// Unconfirmed facts about OSS must not matter: the same stories under each choice of the
// local server's switches.

import { describe, expect, test } from 'vitest'
import { NetworkError } from '../../../src/errors.ts'
import type { HandlerOptions } from '../../../src/server/handler.ts'
import { key, uploadBench } from '../support/upload-bench.ts'

const choices: NonNullable<HandlerOptions['unconfirmed']>[] = [
  {},
  { listPartsCrc: 'absent' },
  { lastModified: 'initiate' },
  { failedComplete: 'dead' },
  { forbidOverwriteAtInitiate: 'checked' },
  { whileCompleting: 'NoSuchUpload' },
  { whileCompleting: 'ServiceUnavailable' },
  { uploadOrder: 'time' },
  { abortWithPartsUnderWay: 'survives' },
  { tokenExpiry: 'also-at-end' },
]

const lost = () => new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })

describe.each(choices)('%j', unconfirmed => {
  const bench = (completeMs = 0) =>
    uploadBench({ server: { unconfirmed, completeMs: () => completeMs } })

  test('stop and resume, the records of the last second gone', async () => {
    const { run, oss, store, source } = bench()
    const stop = new AbortController()
    const stopped = run({
      concurrency: 2,
      signal: stop.signal,
      onEvent: ({ type }) => type === 'part' && stop.abort('pause'),
    })
    await expect(stopped).rejects.toBe('pause')
    store.crash(() => 0)
    const done = await run()
    expect(done.resumed.parts).toBeGreaterThan(0)
    expect(Buffer.compare((await oss.object(key)) ?? Buffer.of(), source.bytes)).toBe(0)
    expect(await oss.uploads()).toEqual([])
  })

  test.each([0, 12_000])('the answer to a Complete of %i ms is lost', async completeMs => {
    const { run, oss, store, source, clock } = bench(completeMs)
    let count = 0
    oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'CompleteMultipartUpload' || ++count > 1) return pass()
      const work = pass()
      // The connection breaks while OSS is at work, or right after.
      await Promise.race([work, clock.sleep(1000)])
      throw lost()
    }
    await run()
    expect(Buffer.compare((await oss.object(key)) ?? Buffer.of(), source.bytes)).toBe(0)
    expect(oss.count('InitiateMultipartUpload')).toBe(1)
    expect(await oss.uploads()).toEqual([])
    expect(await store.list()).toEqual([])
  })

  test('a part is replaced by another program before Complete', async () => {
    const { run, oss, source } = bench()
    let count = 0
    oss.intercept = async (seen, pass) => {
      if (seen.operation === 'CompleteMultipartUpload' && ++count === 1) {
        const [upload] = await oss.uploads()
        const query = { partNumber: '2', uploadId: upload?.id ?? '' }
        const body = new Uint8Array(102_400)
        await oss.client().call({ operation: 'UploadPart', method: 'PUT', key, query, body })
      }
      return pass()
    }
    await run()
    expect(Buffer.compare((await oss.object(key)) ?? Buffer.of(), source.bytes)).toBe(0)
    expect(await oss.uploads()).toEqual([])
  })
})
