// An equal object is this upload's own only if that is proven: older and foreign ones differ in headers,
// ACL or storage class, and a success must not hide that.

import { describe, expect, test } from 'vitest'
import { NetworkError } from '../../../../src/errors.ts'
import type { UploadOptions } from '../../../../src/options/upload-options.ts'
import { refusal } from '../../support/local-oss.ts'
import { key, uploadBench } from '../../support/upload-bench.ts'

const mark = 'x-oss-meta-ossup-id'

async function headersOf(bench: ReturnType<typeof uploadBench>) {
  const answer = await bench.client.call({ operation: 'HeadObject', method: 'HEAD', key })
  return answer.headers
}

async function aclOf(bench: ReturnType<typeof uploadBench>): Promise<string> {
  const query = { acl: '' }
  const answer = await bench.client.call({ operation: 'GetObjectAcl', method: 'GET', key, query })
  return /<Grant>([^<]*)</.exec(new TextDecoder().decode(answer.body))?.[1] ?? ''
}

/** The first Complete from now on is not done: OSS answers with a 500, or the request is lost. */
function failComplete(bench: ReturnType<typeof uploadBench>, how: '500' | 'lost'): void {
  let count = 0
  bench.oss.intercept = async (seen, pass) => {
    if (seen.operation !== 'CompleteMultipartUpload' || ++count > 1) return pass()
    if (how === '500') return refusal(500, 'InternalError')()
    throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
  }
}

const others: [what: string, first: UploadOptions, second: UploadOptions][] = [
  ['metadata', { metadata: { v: 'a' } }, { metadata: { v: 'b' } }],
  ['less metadata', { metadata: { v: 'a' } }, {}],
  ['an ACL', { acl: 'public-read' }, { acl: 'private' }],
  ['no ACL', { acl: 'public-read' }, {}],
  ['a storage class', { storageClass: 'IA' }, { storageClass: 'Standard' }],
  ['the storage class of the bucket', { storageClass: 'IA' }, {}],
  ['tags', { tags: { a: '1' } }, { tags: { a: '2' } }],
  ['a content type', { contentType: 'text/plain' }, { contentType: 'text/html' }],
  ['the same headers', {}, {}],
]

describe.each(['500', 'lost'] as const)('Complete is not done (%s)', how => {
  test.each(others)(
    'an older equal object is not taken for one with %s',
    async (_, first, second) => {
      const bench = uploadBench()
      await bench.run(first)
      const before = await headersOf(bench)
      failComplete(bench, how)
      const done = await bench.run(second)
      const now = await headersOf(bench)
      expect(bench.oss.count('CompleteMultipartUpload')).toBe(3)
      expect(now[mark]).toMatch(/^[0-9a-f]{16}$/)
      expect(now[mark]).not.toBe(before[mark])
      expect(await aclOf(bench)).toBe(second.acl ?? 'default')
      expect(now['x-oss-storage-class']).toBe(second.storageClass ?? 'Standard')
      expect(done.verified).toBe('crc64')
      expect(await bench.oss.uploads()).toEqual([])
    },
  )
})

test('an older equal object that another program has put there is not taken for it', async () => {
  const bench = uploadBench()
  const { bytes } = bench.source
  await bench.client.call({ operation: 'PutObject', method: 'PUT', key, body: bytes })
  failComplete(bench, 'lost')
  await bench.run({ multipartThreshold: 0 })
  expect((await headersOf(bench))[mark]).toBeDefined()
})

test('a newer equal object of another writer with other headers is not taken for it', async () => {
  const bench = uploadBench()
  bench.oss.intercept = async (seen, pass) => {
    if (seen.operation !== 'CompleteMultipartUpload') return pass()
    bench.oss.intercept = (_, go) => go()
    await bench.clock.sleep(2000)
    const headers = { 'x-oss-meta-v': 'another', 'content-type': 'application/octet-stream' }
    const body = bench.source.bytes
    await bench.client.call({ operation: 'PutObject', method: 'PUT', key, headers, body })
    return refusal(500, 'InternalError')()
  }
  await expect(bench.run()).rejects.toMatchObject({ code: 'OVERWRITTEN_ELSEWHERE' })
})

test('its own object is known by its mark, also where HEAD has no CRC-64', async () => {
  const bench = uploadBench()
  bench.oss.intercept = async (seen, pass) => {
    const answer = await pass()
    if (seen.operation === 'CompleteMultipartUpload') {
      throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
    }
    if (seen.operation !== 'HeadObject') return answer
    const { 'x-oss-hash-crc64ecma': _, ...headers } = answer.headers
    return { ...answer, headers }
  }
  expect(await bench.run()).toMatchObject({ verified: 'none' })
  expect(bench.events).toContainEqual(expect.objectContaining({ code: 'NOT_VERIFIED' }))
})

test('metadata that leave no room for the mark are sent as they are', async () => {
  const bench = uploadBench()
  const value = 'x'.repeat(8191)
  await bench.run({ metadata: { v: value } })
  const headers = await headersOf(bench)
  expect(headers['x-oss-meta-v']).toBe(value)
  expect(headers[mark]).toBeUndefined()
})

test('without a mark, the object that was there before Complete is not taken for its own', async () => {
  const bench = uploadBench()
  const metadata = { v: 'x'.repeat(8191) }
  await bench.run({ metadata, acl: 'public-read' })
  failComplete(bench, 'lost')
  await bench.run({ metadata, acl: 'private' })
  expect(await aclOf(bench)).toBe('private')
})

describe('an ACL that is another one after a Complete in doubt', () => {
  test('is what the object has at last', async () => {
    const bench = uploadBench()
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'CompleteMultipartUpload') return pass()
      await pass()
      throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
    }
    const stop = new AbortController()
    const stopped = bench.run({
      acl: 'public-read',
      signal: stop.signal,
      onEvent: event => event.type === 'completing' && stop.abort('killed'),
    })
    await expect(stopped).rejects.toBe('killed')
    bench.oss.intercept = (_, pass) => pass()
    await bench.run({ acl: 'private' })
    expect(await aclOf(bench)).toBe('private')
    expect(await bench.oss.uploads()).toEqual([])
  })

  test('also if that Complete arrives late', async () => {
    const bench = uploadBench()
    let late = async () => {}
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'CompleteMultipartUpload') return pass()
      late = async () => {
        await pass()
      }
      throw new NetworkError('CONNECTION_LOST', 'reset', { sent: 'maybe' })
    }
    const lost = bench.run({ acl: 'public-read', attempts: 1 })
    await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    bench.oss.intercept = async (seen, pass) => {
      if (seen.operation !== 'CompleteMultipartUpload') return pass()
      const answer = await pass()
      await late()
      return answer
    }
    await bench.run({ acl: 'private' })
    expect(await aclOf(bench)).toBe('private')
  })
})
