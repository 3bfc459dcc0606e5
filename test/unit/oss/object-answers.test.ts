import { describe, expect, it } from 'vitest'
import { getObject } from '../../../src/oss/get-object.ts'
import { headObject } from '../../../src/oss/head-object.ts'
import { clientFor, run, type ScriptedAnswer, scriptedTransport } from './scripted-transport.ts'

const key = 'dir/a b'
const lastModified = Date.UTC(2012, 1, 24, 6, 7, 48)
const head = {
  etag: '"AB"',
  'content-length': '3',
  'last-modified': 'Fri, 24 Feb 2012 06:07:48 GMT',
  'x-oss-request-id': 'R',
}

describe('headObject', () => {
  it('reads what OSS tells', async () => {
    const headers = {
      ...head,
      'x-oss-hash-crc64ecma': '0',
      'content-type': 'text/plain',
      'x-oss-meta-a': '1',
      'x-oss-meta-__proto__': '2',
      'x-oss-version-id': 'v',
      'x-oss-storage-class': 'IA',
      'x-oss-object-type': 'Multipart',
      date: head['last-modified'],
    }
    const { result } = await run(client => headObject(client, { key }), { headers })
    const { metadata, ...rest } = result as Awaited<ReturnType<typeof headObject>>
    expect(Object.entries(metadata)).toEqual([
      ['a', '1'],
      ['__proto__', '2'],
    ])
    expect(rest).toEqual({
      size: 3,
      etag: 'AB',
      crc64: '0',
      lastModified,
      contentType: 'text/plain',
      versionId: 'v',
      storageClass: 'IA',
      objectType: 'Multipart',
      headers,
      requestId: 'R',
      answeredAt: lastModified,
    })
  })

  it('reads an error from the header', async () => {
    const answer = {
      status: 404,
      headers: { 'x-oss-err': btoa('<Error><Code>NoSuchKey</Code></Error>') },
    }
    await expect(run(client => headObject(client, { key }), answer)).rejects.toMatchObject({
      code: 'NoSuchKey',
      status: 404,
    })
  })

  it.each(['etag', 'content-length', 'last-modified'])(
    'refuses an answer without %s',
    async name => {
      const headers: Record<string, string> = { ...head }
      delete headers[name]
      await expect(run(client => headObject(client, { key }), { headers })).rejects.toMatchObject({
        code: 'BAD_ANSWER',
      })
    },
  )
})

describe('getObject', () => {
  async function collect(result: unknown): Promise<string> {
    const chunks: Uint8Array[] = []
    for await (const chunk of (result as Awaited<ReturnType<typeof getObject>>).body) {
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString()
  }

  it('streams the whole', async () => {
    const answer = { headers: head, body: '123' }
    const { result } = await run(client => getObject(client, { key }), answer)
    expect(result).toMatchObject({ status: 200, size: 3, etag: 'AB' })
    expect(await collect(result)).toBe('123')
  })

  it.each([
    [{ position: 2, size: 10 }, 'bytes 2-4/5'],
    [{ position: 2 }, 'bytes 2-4/5'],
    [{ position: 2, size: 3 }, 'bytes 2-4/5'],
  ])('of the range %j takes %s', async (range, contentRange) => {
    const headers = { ...head, 'content-range': contentRange }
    const answer = { status: 206, headers, body: '345' }
    const { result } = await run(client => getObject(client, { key, range }), answer)
    expect(result).toMatchObject({ status: 206, size: 5 })
    expect(await collect(result)).toBe('345')
  })

  it.each<[string, { position: number; size?: number } | undefined, ScriptedAnswer]>([
    ['the whole for a range', { position: 0, size: 3 }, { headers: head }],
    ['no Content-Range', { position: 0 }, { status: 206, headers: head }],
    [
      'another range',
      { position: 2, size: 2 },
      { status: 206, headers: { ...head, 'content-range': 'bytes 1-2/5' } },
    ],
    [
      'a longer range',
      { position: 2, size: 2 },
      { status: 206, headers: { ...head, 'content-range': 'bytes 2-4/5' } },
    ],
    [
      'a shorter range',
      { position: 2, size: 2 },
      { status: 206, headers: { ...head, 'content-range': 'bytes 2-2/5' } },
    ],
    ['a range for the whole', undefined, { status: 206, headers: head }],
    ['no length', undefined, { headers: { ...head, 'content-length': '' } }],
  ])('refuses %s and closes the body', async (_, range, answer) => {
    const transport = scriptedTransport(answer)
    const call = getObject(clientFor(transport), { key, ...(range && { range }) })
    await expect(call).rejects.toMatchObject({ code: 'BAD_ANSWER' })
    expect(transport.closedEarly).toBe(1)
  })

  it.each([
    { position: -1 },
    { position: 0.5 },
    { position: 0, size: 0 },
    { position: 0, size: Number.NaN },
  ])('refuses to ask for %j', async range => {
    const transport = scriptedTransport()
    await expect(getObject(clientFor(transport), { key, range })).rejects.toMatchObject({
      code: 'INVALID_RANGE',
    })
    expect(transport.requests).toEqual([])
  })
})
