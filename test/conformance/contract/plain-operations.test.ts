// The operations of a bucket that are not an upload, against the local OSS: what they give back, and what they refuse.

import { describe, expect, it } from 'vitest'
import { makeWorld, noise, type World } from './world.ts'

const half = 'a\ud800'

async function fill(world: World, keys: readonly string[]): Promise<void> {
  for (const key of keys) await world.other.putObject({ key, body: key })
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('a body', () => {
  it('is text, JSON or bytes, as the caller wants it', async () => {
    const { other } = await makeWorld()
    await other.putObject({ key: 'config', body: '{"名":1}' })
    expect(await (await other.getObject({ key: 'config' })).body.text()).toBe('{"名":1}')
    expect(await (await other.getObject({ key: 'config' })).body.json()).toEqual({ 名: 1 })
    const { body } = await other.getObject({ key: 'config' })
    expect(Buffer.from(await body.bytes()).toString()).toBe('{"名":1}')
    await expect(body.text()).rejects.toMatchObject({ name: 'StateError' })
  })
})

describe('an object', () => {
  it('exists or not', async () => {
    const world = await makeWorld()
    await fill(world, ['there'])
    expect(await world.other.exists({ key: 'there' })).toBe(true)
    expect(await world.other.exists({ key: 'absent' })).toBe(false)
  })

  it.each([403, 404])('is not absent because a proxy answers %i', async status => {
    const world = await makeWorld()
    world.network = async (_, pass) => ({ ...(await pass()), status, headers: {} })
    await expect(world.bucket().exists({ key: 'k' })).rejects.toMatchObject({
      code: 'BadErrorResponse',
      status,
    })
  })

  it('gets, changes and loses its tags', async () => {
    const world = await makeWorld()
    await fill(world, ['k'])
    const tags = { 'a b': 'c+d', 标签: '值', empty: '' }
    await world.other.putObjectTags({ key: 'k', tags })
    expect(await world.other.getObjectTags({ key: 'k' })).toEqual(tags)
    await world.other.deleteObjectTags({ key: 'k' })
    expect(await world.other.getObjectTags({ key: 'k' })).toEqual({})
  })
})

describe('deleteObjects', () => {
  it('deletes exactly these keys, in any number', async () => {
    const world = await makeWorld()
    const odd = ['a&b', '<c>', '"d"', 'e\u0001f', '名', ' blank ', 'x'.repeat(1000)]
    await fill(world, [...odd, 'kept'])
    const absent = Array.from({ length: 2500 }, (_, index) => `absent-${index}`)
    const deleted = await world.other.deleteObjects({ keys: [...odd, ...absent] })
    expect(deleted).toHaveLength(odd.length + absent.length)
    expect(deleted).toEqual(expect.arrayContaining(odd))
    expect((await all(world.other.objects())).map(({ key }) => key)).toEqual(['kept'])
  })

  it('sends nothing if one of them is no key', async () => {
    const world = await makeWorld()
    for (const wrong of ['', '/leading', half, 'x'.repeat(1024)]) {
      const deleting = world.bucket().deleteObjects({ keys: ['fine', wrong] })
      await expect(deleting).rejects.toMatchObject({ name: 'OptionError' })
    }
    expect(world.count('DeleteMultipleObjects')).toBe(0)
  })
})

describe('a listing', () => {
  it('goes through all pages, and a loop may end early', async () => {
    const world = await makeWorld()
    const keys = Array.from({ length: 7 }, (_, index) => `p/${index}`)
    await fill(world, [...keys, 'q'])
    const listed = await all(world.other.objects({ prefix: 'p/', maxKeys: 2 }))
    expect(listed.map(({ key }) => key)).toEqual(keys)
    world.forgetRequests()
    for await (const { key } of world.bucket().objects({ prefix: 'p/', maxKeys: 2 })) {
      if (key === 'p/1') break
    }
    expect(world.count('ListObjectsV2') + world.count('ListObjects')).toBe(1)
  })

  it('of uploads and of their parts goes through all pages as well', async () => {
    const { other } = await makeWorld()
    const ids = []
    for (const key of ['a', 'a', 'b']) {
      ids.push((await other.initiateMultipartUpload({ key })).uploadId)
    }
    const uploads = await all(other.uploads({ maxUploads: 1 }))
    expect(uploads.map(({ uploadId }) => uploadId).sort()).toEqual(ids.sort())
    const [first] = uploads.filter(({ key }) => key === 'b')
    const upload = { key: 'b', uploadId: first?.uploadId ?? '' }
    for (const partNumber of [1, 5, 9]) {
      await other.uploadPart({ ...upload, partNumber, body: noise(102_400) })
    }
    const parts = await all(other.parts({ ...upload, maxParts: 1 }))
    expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, 5, 9])
  })

  it('that has ever new pages is stopped by its signal, and holds one page', async () => {
    const world = await makeWorld()
    let page = 0
    world.network = async () => {
      const key = `k${String(++page).padStart(9, '0')}`
      const body = `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${key}</NextContinuationToken><Contents><Key>${key}</Key><LastModified>2025-01-02T03:04:05.000Z</LastModified><ETag>"E"</ETag><Type>Normal</Type><Size>1</Size><StorageClass>Standard</StorageClass></Contents></ListBucketResult>`
      return {
        status: 200,
        headers: { 'x-oss-request-id': 'R' },
        body: (async function* () {
          yield new TextEncoder().encode(body)
        })(),
      }
    }
    const stop = new AbortController()
    const reason = new Error('enough')
    let seen = 0
    const listing = (async () => {
      for await (const _ of world.bucket().objects({}, { signal: stop.signal })) {
        if (++seen === 50) stop.abort(reason)
      }
    })()
    await expect(listing).rejects.toBe(reason)
    expect(page).toBeLessThanOrEqual(51)
  })
})

describe('half of a surrogate pair', () => {
  it.each<[where: string, call: (world: World) => Promise<unknown>]>([
    ['a key', world => world.bucket().putObject({ key: half, body: 'x' })],
    ['a prefix', world => world.bucket().listObjects({ prefix: half })],
    ['a prefix of a loop', async world => all(world.bucket().objects({ prefix: half }))],
    ['a prefix of uploads', world => world.bucket().listMultipartUploads({ prefix: half })],
    ['a header', world => world.bucket().putObject({ key: 'k', body: '', headers: { a: half } })],
    ['a tag', world => world.bucket().putObjectTags({ key: 'k', tags: { a: half } })],
    [
      'the name of a tag',
      world => world.bucket().putObjectTags({ key: 'k', tags: { [half]: '' } }),
    ],
    ['a signed URL', world => world.bucket().presign({ key: half })],
    ['metadata', world => world.upload(new Uint8Array(1), { metadata: { a: half } })],
    [
      'the name of metadata',
      world => world.upload(new Uint8Array(1), { metadata: { [half]: '' } }),
    ],
    ['tags of an upload', world => world.upload(new Uint8Array(1), { tags: { a: half } })],
    ['the key of an upload', world => world.upload(new Uint8Array(1), {}, { to: half })],
  ])('in %s is refused before any request', async (_, call) => {
    const world = await makeWorld()
    await expect(call(world)).rejects.toMatchObject({ name: 'OptionError' })
    expect(Object.keys(world.oss.stats().operations)).toEqual([])
  })
})
