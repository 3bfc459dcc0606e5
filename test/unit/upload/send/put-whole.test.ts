import { describe, expect, test } from 'vitest'
import { NetworkError } from '../../../../src/errors.ts'
import { refusal } from '../../support/local-oss.ts'
import { key, uploadBench } from '../../support/upload-bench.ts'

const lost = () => new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
const small = () => uploadBench({ size: 150_000 })

describe('the answer to PutObject is lost', () => {
  test('the object is sent again', async () => {
    const bench = small()
    let count = 0
    bench.oss.intercept = async (_seen, pass) => {
      const answer = await pass()
      if (++count === 1) throw lost()
      return answer
    }
    expect(await bench.run()).toMatchObject({ retries: 1, sentBytes: 300_000 })
    expect(await bench.oss.object(key)).toHaveLength(150_000)
  })

  test('with forbidOverwrite its own object blocks the retry, and the nonce proves it', async () => {
    const bench = small()
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      const answer = await pass()
      if (seen.operation === 'PutObject' && ++count === 1) throw lost()
      return answer
    }
    expect(await bench.run({ forbidOverwrite: true })).toMatchObject({ verified: 'crc64' })
    expect(bench.oss.requests.map(({ operation }) => operation)).toEqual([
      'GetBucketVersioning',
      'PutObject',
      'PutObject',
      'HeadObject',
    ])
  })

  test('also if a later attempt broke off in its middle', async () => {
    const bench = small()
    bench.oss.readSize = 10_000
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'PutObject') return pass()
      count++
      if (count === 2) throw lost()
      const answer = await pass()
      if (count === 1) throw lost()
      return answer
    }
    expect(await bench.run({ forbidOverwrite: true })).toMatchObject({ verified: 'crc64' })
  })

  test('also if the answer came with a wrong checksum', async () => {
    const bench = small()
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      const answer = await pass()
      if (seen.operation !== 'PutObject' || ++count > 1) return answer
      return { ...answer, headers: { ...answer.headers, 'x-oss-hash-crc64ecma': '1' } }
    }
    expect(await bench.run({ forbidOverwrite: true })).toMatchObject({ verified: 'crc64' })
  })

  test('a damaged one is reported as damaged', async () => {
    const bench = small()
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      const answer = await pass()
      if (seen.operation !== 'PutObject' || ++count > 1) return answer
      const body = bench.source.bytes.map(byte => byte ^ 1)
      const headers = { 'x-oss-meta-ossup-id': seen.headers['x-oss-meta-ossup-id'] ?? '' }
      await bench.oss.client().call({ operation: 'PutDamaged', method: 'PUT', key, headers, body })
      return { ...answer, headers: { ...answer.headers, 'x-oss-hash-crc64ecma': '1' } }
    }
    await expect(bench.run({ forbidOverwrite: true })).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringContaining('was damaged on its way'),
      retryable: false,
    })
  })

  test("another's object is not taken for it", async () => {
    const bench = small()
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'PutObject' || ++count > 1) return pass()
      await bench.oss.client().call({
        operation: 'PutAnother',
        method: 'PUT',
        key,
        body: bench.source.bytes,
      })
      throw lost()
    }
    await expect(bench.run({ forbidOverwrite: true })).rejects.toMatchObject({
      code: 'FileAlreadyExists',
    })
  })
})

test('an existing object is not read', async () => {
  const bench = small()
  await bench.run()
  bench.oss.requests.length = 0
  await expect(bench.run({ forbidOverwrite: true })).rejects.toMatchObject({
    code: 'FileAlreadyExists',
    resumable: false,
  })
  expect(bench.oss.count('HeadObject')).toBe(0)
})

test('the last buffer is held back until the source was looked at once more', async () => {
  const bench = small()
  bench.oss.readSize = 50_000
  bench.source.onRead = position => {
    if (position === 50_000) bench.source.edit(bytes => bytes.fill(3))
  }
  const sent: number[] = []
  bench.oss.intercept = async (seen, pass) => {
    try {
      return await pass()
    } finally {
      sent.push(seen.sent)
      bench.source.onRead = () => {}
    }
  }
  await bench.clock.sleep(10_000)
  await bench.run()
  expect(sent).toEqual([100_000, 150_000])
  expect((await bench.oss.object(key))?.every(byte => byte === 3)).toBe(true)
})

test('stamps that were too young when it was read prove nothing once they have settled', async () => {
  const bench = uploadBench({ size: 150_000, ageMs: 1000 })
  const identity = await bench.source.identity()
  bench.source.identity = async () => identity
  bench.oss.readSize = 50_000
  let isEdited = false
  bench.source.onRead = position => {
    if (isEdited || position === 0) return
    isEdited = true
    bench.source.bytes.fill(3)
    bench.clock.shiftWall(5000)
  }
  await bench.run()
  expect((await bench.oss.object(key))?.every(byte => byte === 3)).toBe(true)
})

test('a wrong CRC-64 in every answer is an IntegrityError', async () => {
  const bench = small()
  bench.oss.intercept = async (_seen, pass) => {
    const answer = await pass()
    return { ...answer, headers: { ...answer.headers, 'x-oss-hash-crc64ecma': '1' } }
  }
  await expect(bench.run()).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', attempts: 8 })
})

test('a refusal is reported unchanged', async () => {
  const bench = small()
  bench.oss.intercept = refusal(403, 'AccessDenied')
  await expect(bench.run()).rejects.toMatchObject({ code: 'AccessDenied', resumable: false })
  expect(bench.source.closed).toBe(1)
})
