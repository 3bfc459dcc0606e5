// `forbidOverwrite` where OSS ignores it, and buckets that forbid it by themselves. Contract, rule 17.

import { describe, expect, test } from 'vitest'
import { NetworkError } from '../../../../src/errors.ts'
import { refusal } from '../../support/local-oss.ts'
import { key, partSize, uploadBench } from '../../support/upload-bench.ts'

type Bench = ReturnType<typeof uploadBench>

const sizes = { 'one request': 150_000, parts: 5 * partSize + 17 }
const ways = Object.keys(sizes) as (keyof typeof sizes)[]
const forbidOverwrite = true

/** OSS names versions, as in a bucket that keeps them. Every request that stores would replace an object. */
function ignoreOverwriting(bench: Bench): void {
  bench.oss.intercept = async (seen, pass) => {
    const answer = await pass()
    const stores = seen.operation === 'PutObject' || seen.operation === 'CompleteMultipartUpload'
    return stores ? { ...answer, headers: { ...answer.headers, 'x-oss-version-id': 'V1' } } : answer
  }
}

function putAnother(bench: Bench) {
  return bench.client.call({ operation: 'PutObject', method: 'PUT', key, body: Uint8Array.of(1) })
}

function warnings({ events }: Bench): string[] {
  return events.flatMap(event => (event.type === 'warning' ? [event.code] : []))
}

describe.each(ways)('forbidOverwrite, in %s', way => {
  const size = sizes[way]

  test.each(['Enabled', 'Suspended'] as const)(
    'is refused where versioning is %s',
    async status => {
      const bench = uploadBench({ size })
      bench.oss.versioning = status
      const error = await bench.run({ forbidOverwrite }).catch((reason: Error) => reason)
      expect(error).toMatchObject({ code: 'FORBID_OVERWRITE_IGNORED', name: 'StateError' })
      expect(bench.oss.requests.map(({ operation }) => operation)).toEqual(['GetBucketVersioning'])
      expect(await bench.store.list()).toEqual([])
    },
  )

  test('is enforced by OSS in any other bucket', async () => {
    const bench = uploadBench({ size })
    expect(await bench.run({ forbidOverwrite })).toMatchObject({ forbidOverwrite: 'enforced' })
    expect(await bench.run()).not.toHaveProperty('forbidOverwrite')
    expect(warnings(bench)).toEqual([])
  })

  test('is checked by looking where the bucket does not say', async () => {
    const bench = uploadBench({ size })
    bench.oss.versioning = 'refused'
    ignoreOverwriting(bench)
    const done = await bench.run({ forbidOverwrite })
    expect(done).toMatchObject({ forbidOverwrite: 'checked', versionId: 'V1' })
    expect(warnings(bench)).toEqual(['OVERWRITE_NOT_ENFORCED'])
    const again = bench.run({ forbidOverwrite })
    await expect(again).rejects.toMatchObject({ code: 'FileAlreadyExists' })
    expect(bench.oss.count('PutObject') + bench.oss.count('CompleteMultipartUpload')).toBe(1)
  })

  test('is unchecked where looking is refused as well', async () => {
    const bench = uploadBench({ size })
    bench.oss.versioning = 'refused'
    ignoreOverwriting(bench)
    const ignore = bench.oss.intercept
    bench.oss.intercept = async (seen, pass) =>
      seen.operation === 'HeadObject' ? refusal(403, 'AccessDenied')() : ignore(seen, pass)
    expect(await bench.run({ forbidOverwrite })).toMatchObject({ forbidOverwrite: 'unchecked' })
    expect(warnings(bench)).toEqual(['OVERWRITE_NOT_ENFORCED'])
  })
})

test('an object that comes while the parts are sent is not replaced', async () => {
  const bench = uploadBench()
  bench.oss.versioning = 'refused'
  ignoreOverwriting(bench)
  let isThere = false
  const onEvent = () => {
    if (!isThere) void putAnother(bench)
    isThere = true
  }
  const upload = bench.run({ forbidOverwrite, onEvent })
  await expect(upload).rejects.toMatchObject({ code: 'FileAlreadyExists' })
  expect(await bench.oss.object(key)).toEqual(Buffer.of(1))
})

test('its own object, stored by a Complete that was not answered, is not in its own way', async () => {
  const bench = uploadBench()
  bench.oss.versioning = 'refused'
  ignoreOverwriting(bench)
  const ignore = bench.oss.intercept
  let count = 0
  bench.oss.intercept = async (seen, pass) => {
    const answer = await ignore(seen, pass)
    if (seen.operation !== 'CompleteMultipartUpload' || ++count > 1) return answer
    throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
  }
  expect(await bench.run({ forbidOverwrite })).toMatchObject({ parts: 6 })
  expect(count).toBe(1)
})

describe('a bucket whose rules forbid to overwrite', () => {
  test('answers FileAlreadyExists to a Complete that the network repeated: the object is ours', async () => {
    const bench = uploadBench()
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'CompleteMultipartUpload') return pass()
      await pass()
      return refusal(409, 'FileAlreadyExists')()
    }
    expect(await bench.run()).toMatchObject({ verified: 'crc64' })
    expect(await bench.store.list()).toEqual([])
  })

  test("another's object is not taken for ours", async () => {
    const bench = uploadBench()
    const body = bench.source.bytes
    await bench.client.call({ operation: 'PutObject', method: 'PUT', key, body })
    bench.oss.intercept = async (seen, pass) =>
      seen.operation === 'CompleteMultipartUpload' ? refusal(409, 'FileAlreadyExists')() : pass()
    await expect(bench.run()).rejects.toMatchObject({ code: 'FileAlreadyExists' })
  })

  test('where looking is refused, it stays FileAlreadyExists', async () => {
    const bench = uploadBench()
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation === 'HeadObject') return refusal(403, 'AccessDenied')()
      return seen.operation === 'CompleteMultipartUpload'
        ? refusal(409, 'FileAlreadyExists')()
        : pass()
    }
    await expect(bench.run()).rejects.toMatchObject({ code: 'FileAlreadyExists' })
  })

  test('a PutObject that was repeated: nothing proves whose object is there', async () => {
    const bench = uploadBench({ size: 150_000 })
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'PutObject') return pass()
      if (++count > 1) return refusal(409, 'FileAlreadyExists')()
      await pass()
      throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
    }
    await expect(bench.run()).rejects.toMatchObject({
      code: 'FileAlreadyExists',
      hint: expect.stringContaining('Compare the object with the source'),
    })
  })
})
