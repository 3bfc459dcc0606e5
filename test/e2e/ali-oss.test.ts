// The official SDK for Node.js against the local OSS, unchanged, in both signature versions.

import { Buffer } from 'node:buffer'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type AliOss from 'ali-oss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalOss, serve } from '../../src/server/index.ts'
import { aliOss } from './load-ali-oss.ts'

const part = 102_400

describe.each([
  { version: 'V4', authorizationV4: true, store: 'memory' },
  { version: 'V1', authorizationV4: false, store: 'disk' },
])('ali-oss, $version, $store', ({ authorizationV4, store }) => {
  let folder: string
  let oss: LocalOss
  let client: InstanceType<typeof AliOss>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ossup-ali-'))
    oss = await serve({ buckets: ['examplebucket'], ...(store === 'disk' && { data: folder }) })
    client = connect(oss.key.accessKeyId, oss.key.accessKeySecret)
  })
  afterAll(async () => {
    await oss.close()
    await rm(folder, { recursive: true })
  })

  function connect(accessKeyId: string, accessKeySecret: string, endpoint = oss.endpoint) {
    return new aliOss({
      endpoint,
      region: 'oss-cn-hangzhou',
      bucket: 'examplebucket',
      accessKeyId,
      accessKeySecret,
      authorizationV4,
    })
  }

  function getText(path: string, host: string): Promise<string> {
    return new Promise((resolve, reject) => {
      request({ port: oss.port, path, headers: { host } }, answer => {
        answer.setEncoding('utf8')
        let text = ''
        answer.on('data', chunk => (text += chunk))
        answer.on('end', () => resolve(text))
      })
        .on('error', reject)
        .end()
    })
  }

  it('puts and gets odd keys, whole and in ranges', async () => {
    for (const key of ['plain.txt', 'dir/ä ö+ü%2F?&=.txt', "a//b/'()*!"]) {
      const put = await client.put(key, Buffer.from('hello world'), { meta: { uid: 7, pid: 8 } })
      expect(put.res.status).toBe(200)
      const got = await client.get(key)
      expect(got.content.toString()).toBe('hello world')
      expect(got.res.headers['x-oss-hash-crc64ecma']).toBe('5981764153023615706')
      const ranged = await client.get(key, { headers: { Range: 'bytes=6-10' } })
      expect(ranged.res.status).toBe(206)
      expect(ranged.content.toString()).toBe('world')
      const head = await client.head(key)
      expect(head.meta).toEqual({ uid: '7', pid: '8' })
    }
  })

  it('lists, copies and deletes', async () => {
    for (const key of ['l/a', 'l/b/1', 'l/b/2', 'l/c']) await client.put(key, Buffer.from(key))
    const page = await client.listV2({ prefix: 'l/', delimiter: '/', 'max-keys': 2 })
    expect(page.objects.map(({ name }: { name: string }) => name)).toEqual(['l/a'])
    expect(page.prefixes).toEqual(['l/b/'])
    expect(page.isTruncated).toBe(true)
    const rest = await client.listV2({
      prefix: 'l/',
      delimiter: '/',
      'continuation-token': page.nextContinuationToken,
    })
    expect(rest.objects.map(({ name }: { name: string }) => name)).toEqual(['l/c'])
    await client.copy('l/copy', 'l/a')
    expect((await client.get('l/copy')).content.toString()).toBe('l/a')
    await client.deleteMulti(['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/copy'])
    expect((await client.list({ prefix: 'l/' }, {})).objects ?? []).toEqual([])
  })

  it('uploads in parts, and continues from its checkpoint', async () => {
    const bytes = Buffer.alloc(5 * part + 7, 'resume ')
    const file = join(folder, 'source.bin')
    await writeFile(file, bytes)
    let checkpoint: unknown
    const stop = new Error('stop')
    const first = client.multipartUpload('big', file, {
      partSize: part,
      parallel: 1,
      progress: (percentage: number, saved: unknown) => {
        if (saved) checkpoint = structuredClone(saved)
        if (percentage > 0.3) throw stop
      },
    })
    await expect(first).rejects.toThrow('stop')
    const uploads = await client.listUploads({ 'max-uploads': 10 })
    expect(uploads.uploads).toHaveLength(1)
    oss.resetStats()
    const done = await client.multipartUpload('big', file, { partSize: part, checkpoint })
    expect(done.res.status).toBe(200)
    expect(oss.stats().operations.UploadPart?.requests).toBeLessThan(6)
    expect((await client.get('big')).content.equals(bytes)).toBe(true)
    expect((await client.listUploads({ 'max-uploads': 10 })).uploads ?? []).toHaveLength(0)
  })

  it('copies in parts', async () => {
    const bytes = Buffer.alloc(2 * part + 7, 'copy ')
    await client.put('source', bytes)
    const source = { sourceKey: 'source', sourceBucketName: 'examplebucket' }
    await client.multipartUploadCopy('copied', source, { partSize: part })
    expect((await client.get('copied')).content.equals(bytes)).toBe(true)
  })

  it('tags objects', async () => {
    await client.put('tagged', Buffer.from('text'))
    await client.putObjectTagging('tagged', { a: '1', b: '2' })
    expect((await client.getObjectTagging('tagged')).tag).toEqual({ a: '1', b: '2' })
    await client.deleteObjectTagging('tagged')
    expect((await client.getObjectTagging('tagged')).tag).toEqual({})
  })

  it('puts and deletes keys of control characters', async () => {
    const key = 'k-\x01\n\f\x07Pc'
    await client.put(key, Buffer.from('text'))
    expect((await client.deleteMulti([key])).deleted).toMatchObject([{ Key: key }])
    await expect(client.head(key)).rejects.toMatchObject({ code: 'NoSuchKey' })
  })

  it('aborts', async () => {
    const { uploadId } = await client.initMultipartUpload('gone')
    await client.abortMultipartUpload('gone', uploadId)
    await expect(client.abortMultipartUpload('gone', uploadId)).rejects.toMatchObject({
      code: 'NoSuchUpload',
      status: 404,
    })
  })

  it('signs URLs', async () => {
    await client.put('signed', Buffer.from('by url'))
    // It refuses to sign for an IP address, so the URL is for OSS's own host; only the connection comes here.
    const official = connect(
      oss.key.accessKeyId,
      oss.key.accessKeySecret,
      'http://oss-cn-hangzhou.aliyuncs.com',
    )
    const url = authorizationV4
      ? await official.signatureUrlV4('GET', 60, undefined, 'signed')
      : official.signatureUrl('signed', { expires: 60 })
    const { host, pathname, search } = new URL(url)
    expect(await getText(`${pathname}${search}`, host)).toBe('by url')
    expect(await getText(`${pathname}${search.replace(/.$/, 'x')}`, host)).toContain(
      'SignatureDoesNotMatch',
    )
  })

  it('gets the reason why its credentials are wrong', async () => {
    const wrongSecret = connect(oss.key.accessKeyId, 'wrong')
    await expect(wrongSecret.get('plain.txt')).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    const unknown = connect('nobody', 'secret')
    await expect(unknown.get('plain.txt')).rejects.toMatchObject({ code: 'InvalidAccessKeyId' })
    await expect(client.get('absent')).rejects.toMatchObject({ code: 'NoSuchKey', status: 404 })
  })
})
