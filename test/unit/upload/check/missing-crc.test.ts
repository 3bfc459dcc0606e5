// Answers without a CRC-64: OSS is asked for it, Content-MD5 is the last resort, and a local MD5 is never
// compared with an ETag. Contract, rule 2.

import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../../../src/ports.ts'
import { type Intercept, refusal } from '../../support/local-oss.ts'
import { key, partSize, uploadBench } from '../../support/upload-bench.ts'

type Bench = ReturnType<typeof uploadBench>

async function* once(bytes: Uint8Array) {
  yield bytes
}

function withoutCrc(answer: HttpResponse): HttpResponse {
  const { 'x-oss-hash-crc64ecma': _, ...headers } = answer.headers
  return { ...answer, headers }
}

/** Takes the CRC-64 from the answers to these operations, and refuses others. */
function strip(names: readonly string[], refused: readonly string[] = []): Intercept {
  return async ({ operation }, pass) => {
    if (refused.includes(operation)) return refusal(403, 'AccessDenied')()
    const answer = await pass()
    return names.includes(operation) ? withoutCrc(answer) : answer
  }
}

/** OSS gets other bytes with the first request of an operation, and a proxy takes the CRC-64 away. */
function damageFirst(bench: Bench, name: string, then: Intercept): void {
  let isDone = false
  bench.oss.intercept = async (seen, pass) => {
    const answer = await then(seen, pass)
    if (seen.operation !== name || isDone) return answer
    isDone = true
    const query = Object.fromEntries(seen.query)
    const size = Math.min(bench.source.bytes.length, partSize)
    const body =
      name === 'PutObject' ? bench.source.bytes.map(byte => byte ^ 1) : new Uint8Array(size)
    const damaged = await bench.client.call({ operation: name, method: 'PUT', key, query, body })
    const { 'x-oss-hash-crc64ecma': _, ...headers } = damaged.headers
    return { ...answer, headers }
  }
}

async function expectStored(bench: Bench): Promise<void> {
  const stored = (await bench.oss.object(key)) ?? Buffer.from('nothing')
  // Byte by byte, `toEqual` takes seconds.
  expect(Buffer.compare(stored, bench.source.bytes)).toBe(0)
}

const warnings = ({ events }: Bench) =>
  events.flatMap(event => (event.type === 'warning' ? [event.code] : []))
const md5s = ({ oss }: Bench, name: string) =>
  oss.requests
    .filter(({ operation }) => operation === name)
    .map(({ headers }) => headers['content-md5'])

describe('in parts', () => {
  test('the CRC-64 of a part is taken from ListParts', async () => {
    const bench = uploadBench()
    bench.oss.intercept = strip(['UploadPart'])
    expect(await bench.run()).toMatchObject({ verified: 'crc64', sentBytes: 5 * partSize + 17 })
    expect(bench.oss.count('ListParts')).toBe(6)
    expect(md5s(bench, 'UploadPart')).toEqual(Array(6).fill(undefined))
    expect(warnings(bench)).toEqual([])
  })

  test('where ListParts is refused, parts are sent with Content-MD5', async () => {
    const bench = uploadBench()
    bench.oss.intercept = strip(['UploadPart'], ['ListParts'])
    await bench.run({ concurrency: 1 })
    const first = bench.source.bytes.subarray(0, partSize)
    const expected = createHash('md5').update(first).digest('base64')
    const [none, again, ...later] = md5s(bench, 'UploadPart')
    expect([none, again]).toEqual([undefined, expected])
    expect(later).toHaveLength(5)
    expect(later).not.toContain(undefined)
    expect(bench.oss.count('ListParts')).toBe(1)
  })

  test('the CRC-64 of the object is taken from HeadObject', async () => {
    const bench = uploadBench()
    bench.oss.intercept = strip(['CompleteMultipartUpload'])
    expect(await bench.run()).toMatchObject({ verified: 'crc64' })
    expect(bench.oss.count('HeadObject')).toBe(1)
  })

  test('where HeadObject is refused, a warning says that it is not verified', async () => {
    const bench = uploadBench()
    bench.oss.intercept = strip(['CompleteMultipartUpload'], ['HeadObject'])
    expect(await bench.run()).toMatchObject({ verified: 'none' })
    expect(warnings(bench)).toEqual(['NOT_VERIFIED'])
  })
})

describe('in one request', () => {
  test('the CRC-64 is taken from HeadObject', async () => {
    const bench = uploadBench({ size: 150_000 })
    bench.oss.intercept = strip(['PutObject'])
    expect(await bench.run()).toMatchObject({ verified: 'crc64', sentBytes: 150_000 })
    expect(md5s(bench, 'PutObject')).toEqual([undefined])
  })

  test('where HeadObject is refused, it is sent with Content-MD5, and the warning remains', async () => {
    const bench = uploadBench({ size: 150_000 })
    bench.oss.intercept = strip(['PutObject'], ['HeadObject'])
    expect(await bench.run()).toMatchObject({ verified: 'none' })
    const expected = createHash('md5').update(bench.source.bytes).digest('base64')
    expect(md5s(bench, 'PutObject')).toEqual([undefined, expected])
    expect(warnings(bench)).toEqual(['NOT_VERIFIED'])
  })

  test('what must not be overwritten is not sent a second time', async () => {
    const bench = uploadBench({ size: 150_000 })
    bench.oss.intercept = strip(['PutObject'], ['HeadObject'])
    const forbidOverwrite = true
    expect(await bench.run({ forbidOverwrite })).toMatchObject({ verified: 'none' })
    expect(bench.oss.count('PutObject')).toBe(1)
  })
})

describe('bytes that were damaged on the way', () => {
  test.each([
    ['ListParts tells', [] as string[]],
    ['Content-MD5 prevents', ['ListParts']],
  ])('in a part: %s', async (_, refused) => {
    const bench = uploadBench()
    damageFirst(bench, 'UploadPart', strip(['UploadPart'], refused))
    await bench.run({ concurrency: 1 })
    await expectStored(bench)
  })

  test.each([
    ['HeadObject tells', [] as string[]],
    ['Content-MD5 prevents', ['HeadObject']],
  ])('in one request: %s', async (_, refused) => {
    const bench = uploadBench({ size: 150_000 })
    damageFirst(bench, 'PutObject', strip(['PutObject'], refused))
    await bench.run()
    await expectStored(bench)
  })

  test('in every attempt: it is an error', async () => {
    const bench = uploadBench()
    const wrong = '<HashCrc64ecma>1</HashCrc64ecma>'
    bench.oss.intercept = async (seen, pass) => {
      const answer = withoutCrc(await pass())
      if (seen.operation !== 'ListParts') return answer
      const chunks: Uint8Array[] = []
      for await (const chunk of answer.body) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      const body = text.replaceAll(/<HashCrc64ecma>\d+<\/HashCrc64ecma>/g, wrong)
      return { ...answer, body: once(Buffer.from(body)) }
    }
    await expect(bench.run({ attempts: 3 })).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
  })
})

test('a part that ListParts shows without CRC-64 is not believed for its ETag', async () => {
  const bench = uploadBench({ server: { unconfirmed: { listPartsCrc: 'absent' } } })
  const stop = new AbortController()
  let sent = 0
  // OSS has the part, but its answer is lost.
  bench.oss.intercept = async (seen, pass) => {
    const answer = await pass()
    if (seen.operation === 'UploadPart' && ++sent === 2) stop.abort('stop')
    return answer
  }
  await expect(bench.run({ concurrency: 1, signal: stop.signal })).rejects.toBe('stop')
  const done = await bench.run({ concurrency: 1 })
  expect(done.resumed.parts).toBe(1)
  expect(done.sentBytes).toBe(4 * partSize + 17)
})
