// `forbidOverwrite` where OSS ignores it, and buckets that forbid it by themselves. Contract, rule 17.

import { describe, expect, test } from 'vitest'
import { NetworkError } from '../../../../src/errors.ts'
import { refusal } from '../../support/local-oss.ts'
import { key, partSize, uploadBench } from '../../support/upload-bench.ts'

type Bench = ReturnType<typeof uploadBench>

const sizes = { 'one request': 150_000, parts: 5 * partSize + 17 }
const ways = Object.keys(sizes) as (keyof typeof sizes)[]
const forbidOverwrite = true

/** A bucket that keeps versions, and credentials that may not ask for it, nor do what else is named. */
async function keepVersionsSecretly(bench: Bench, ...denied: string[]): Promise<void> {
  await bench.oss.changeBucket({ versioning: 'Enabled' })
  bench.oss.deny('oss:GetBucketVersioning', ...denied)
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
      await bench.oss.changeBucket({ versioning: status })
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

  test('is checked by looking where the bucket, without versions, does not say so', async () => {
    const bench = uploadBench({ size })
    bench.oss.deny('oss:GetBucketVersioning')
    expect(await bench.run({ forbidOverwrite })).toMatchObject({ forbidOverwrite: 'checked' })
    expect(warnings(bench)).toEqual([])
  })

  test('is checked by looking where the bucket does not say', async () => {
    const bench = uploadBench({ size })
    await keepVersionsSecretly(bench)
    const done = await bench.run({ forbidOverwrite })
    expect(done).toMatchObject({ forbidOverwrite: 'checked', versionId: expect.any(String) })
    expect(warnings(bench)).toEqual(['OVERWRITE_NOT_ENFORCED'])
    const again = bench.run({ forbidOverwrite })
    await expect(again).rejects.toMatchObject({ code: 'FileAlreadyExists' })
    expect(bench.oss.count('PutObject') + bench.oss.count('CompleteMultipartUpload')).toBe(1)
  })

  test('is unchecked where looking is refused as well', async () => {
    const bench = uploadBench({ size })
    await keepVersionsSecretly(bench, 'oss:GetObject')
    expect(await bench.run({ forbidOverwrite })).toMatchObject({ forbidOverwrite: 'unchecked' })
    expect(warnings(bench)).toEqual(['OVERWRITE_NOT_ENFORCED'])
  })
})

test('an object that comes while the parts are sent is not replaced', async () => {
  const bench = uploadBench()
  await keepVersionsSecretly(bench)
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
  await keepVersionsSecretly(bench)
  let count = 0
  bench.oss.intercept = async (seen, pass) => {
    const answer = await pass()
    if (seen.operation !== 'CompleteMultipartUpload' || ++count > 1) return answer
    throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
  }
  expect(await bench.run({ forbidOverwrite })).toMatchObject({ parts: 6 })
  expect(count).toBe(1)
})

describe('a bucket whose rules forbid to overwrite', () => {
  const forbid = { overwriteRules: [{ id: '1', prefix: '', suffix: '', principals: [] }] }

  /** OSS does what the first request of an operation wants, and the network repeats it. */
  function repeat(bench: Bench, name: string): void {
    let isRepeated = false
    bench.oss.intercept = async (seen, pass) => {
      const answer = await pass()
      if (seen.operation !== name || isRepeated) return answer
      isRepeated = true
      throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
    }
  }

  test('a Complete that was not answered: the object is ours', async () => {
    const bench = uploadBench()
    await bench.oss.changeBucket(forbid)
    repeat(bench, 'CompleteMultipartUpload')
    expect(await bench.run()).toMatchObject({ verified: 'crc64' })
    expect(await bench.store.list()).toEqual([])
  })

  test('a Complete that the network repeated, answered with FileAlreadyExists: the object is ours', async () => {
    const bench = uploadBench()
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'CompleteMultipartUpload') return pass()
      await pass()
      return refusal(409, 'FileAlreadyExists')()
    }
    expect(await bench.run()).toMatchObject({ verified: 'crc64' })
    expect(await bench.store.list()).toEqual([])
  })

  test.each(ways)("another's equal object is not taken for ours, in %s", async way => {
    const bench = uploadBench({ size: sizes[way] })
    await bench.oss.changeBucket(forbid)
    const body = bench.source.bytes
    await bench.client.call({ operation: 'PutObject', method: 'PUT', key, body })
    await expect(bench.run()).rejects.toMatchObject({ code: 'FileAlreadyExists' })
  })

  test('where looking is refused, it stays FileAlreadyExists', async () => {
    const bench = uploadBench()
    await bench.oss.changeBucket(forbid)
    await putAnother(bench)
    bench.oss.deny('oss:GetObject')
    await expect(bench.run()).rejects.toMatchObject({ code: 'FileAlreadyExists' })
  })

  test('a PutObject that was repeated: nothing proves whose object is there', async () => {
    const bench = uploadBench({ size: 150_000 })
    await bench.oss.changeBucket(forbid)
    repeat(bench, 'PutObject')
    await expect(bench.run()).rejects.toMatchObject({
      code: 'FileAlreadyExists',
      hint: expect.stringContaining('Compare the object with the source'),
    })
  })
})

describe('a PutObject that was not answered, where OSS does not enforce forbidOverwrite', () => {
  const lost = () => new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })

  test('is looked for before it is sent again', async () => {
    const bench = uploadBench({ size: 150_000 })
    await keepVersionsSecretly(bench)
    bench.oss.intercept = async (seen, pass) => {
      const answer = await pass()
      if (seen.operation === 'PutObject') throw lost()
      return answer
    }
    expect(await bench.run({ forbidOverwrite })).toMatchObject({ forbidOverwrite: 'checked' })
    expect(bench.oss.count('PutObject')).toBe(1)
  })

  test("does not replace another writer's object", async () => {
    const bench = uploadBench({ size: 150_000 })
    await keepVersionsSecretly(bench)
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'PutObject' || ++count > 1) return pass()
      await putAnother(bench)
      throw lost()
    }
    const upload = bench.run({ forbidOverwrite })
    await expect(upload).rejects.toMatchObject({ code: 'FileAlreadyExists' })
    expect(await bench.oss.object(key)).toEqual(Buffer.of(1))
  })

  test('is sent again if it was not stored', async () => {
    const bench = uploadBench({ size: 150_000 })
    await keepVersionsSecretly(bench)
    let count = 0
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation === 'PutObject' && ++count === 1) throw lost()
      return pass()
    }
    expect(await bench.run({ forbidOverwrite })).toMatchObject({ retries: 1 })
    expect(count).toBe(2)
  })
})
