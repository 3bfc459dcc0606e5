// What the suites of official clients hold against the service, beyond the protocol reference. Numbers are
// those of docs/internals/oss-facts.md, which says whose suite it was.

import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { CallbackRefused } from '../../../src/server/request/callback-request.ts'
import { children, text } from '../../../src/xml/parse.ts'
import { type Local, startLocal, type TestRequest } from './local.ts'

let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

const bucket = 'examplebucket'
const on = (key: string, method = 'GET', query = '', rest: Partial<TestRequest> = {}) =>
  oss.send({ method, bucket, key, query, ...rest })
const put = (key: string, body: string, headers: TestRequest['headers'] = {}) =>
  on(key, 'PUT', '', { body, headers })

describe('messages that suites compare', () => {
  const day = 86_400_000

  it.each<[string, TestRequest, string]>([
    [
      'InvalidAccessKeyId',
      { signer: { accessKeyId: 'unknown', accessKeySecret: 'x' } },
      'The OSS Access Key Id you provided does not exist in our records.',
    ],
    ['NoSuchBucket', { bucket: 'absent', query: 'acl' }, 'The specified bucket does not exist.'],
    ['NoSuchKey', { bucket, key: 'absent' }, 'The specified key does not exist.'],
    [
      'NoSuchCORSConfiguration',
      { bucket, query: 'cors' },
      'The CORS Configuration does not exist.',
    ],
    [
      'NoSuchUpload',
      { bucket, key: 'key', query: 'uploadId=0' },
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    ],
    [
      'PositionNotEqualToLength',
      { method: 'POST', bucket, key: 'log', query: 'append&position=1' },
      'Position is not equal to file length',
    ],
    [
      'MissingArgument',
      { method: 'POST', bucket, key: 'log', query: 'append' },
      'Missing Some Required Arguments.',
    ],
    [
      'InvalidDigest',
      { method: 'PUT', bucket, key: 'key', headers: { 'content-md5': `${'A'.repeat(22)}==` } },
      'The Content-MD5 you specified was invalid.',
    ],
    [
      'RequestTimeTooSkewed',
      { bucket, at: Date.UTC(2025, 0, 2, 3, 4, 5) - day },
      'The difference between the request time and the current time is too large.',
    ],
  ])('F08 %s', async (code, request, message) => {
    const answer = await oss.send(request)
    expect(answer.code).toBe(code)
    expect(answer.field('Message')).toBe(message)
  })

  it.each([
    ['If-Match', '"x"'],
    ['If-Unmodified-Since', 'Wed, 01 Jan 2025 00:00:00 GMT'],
  ])('F08 PreconditionFailed names %s, on reads and on copies', async (condition, value) => {
    await put('key', 'text')
    const copy = {
      'x-oss-copy-source': `/${bucket}/key`,
      [`x-oss-copy-source-${condition}`.toLowerCase()]: value,
    }
    for (const answer of [
      await on('key', 'GET', '', { headers: { [condition.toLowerCase()]: value } }),
      await on('copy', 'PUT', '', { headers: copy }),
    ]) {
      expect(answer).toMatchObject({ status: 412, code: 'PreconditionFailed' })
      expect(answer.field('Condition')).toBe(condition)
      expect(answer.field('Message')).toBe(
        'At least one of the pre-conditions you specified did not hold.',
      )
    }
  })

  it('F08 of a refused Complete, and of a bucket or object that is full or not appendable', async () => {
    await put('key', 'text')
    const { xml } = await on('big', 'POST', 'uploads')
    const id = text(xml, 'UploadId')
    for (const number of [1, 2]) {
      await on('big', 'PUT', `partNumber=${number}&uploadId=${id}`, { body: 'text' })
    }
    const complete = async (...numbers: number[]) => {
      const etag = '1CB251EC0D568DE6A929B520C4AED8D1'
      const parts = numbers.map(
        number => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      )
      const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
      return (await on('big', 'POST', `uploadId=${id}`, { body })).field('Message')
    }
    expect(await complete(2, 1)).toMatch(/^The list of parts was not in ascending order\./)
    expect(await complete(3)).toMatch(/^One or more of the specified parts could not be found/)
    expect(await complete(1, 2)).toMatch(/^Your proposed upload smaller than the minimum/)
    const append = await on('key', 'POST', 'append&position=4', { body: 'x' })
    expect(append.field('Message')).toBe('The object is not appendable')
    const drop = await oss.send({ method: 'DELETE', bucket })
    expect(drop.field('Message')).toBe('The bucket has objects. Please delete them first.')
  })

  it('F08 CallbackFailed tells the status that the callback was answered with', async () => {
    oss = await startLocal({ sendCallback: () => Promise.reject(new CallbackRefused(301)) })
    const callback = { callbackUrl: 'http://127.0.0.1/', callbackBody: 'b' }
    const headers = { 'x-oss-callback': Buffer.from(JSON.stringify(callback)).toString('base64') }
    const answer = await put('key', 'text', headers)
    expect(answer).toMatchObject({ status: 203, code: 'CallbackFailed' })
    expect(answer.field('Message')).toBe('Error status : 301.')
  })
})

describe('keys of control characters', () => {
  const key = '\x01\n\f\x07Pc'

  it('F09 arrive as they are, and are written as they are', async () => {
    const document = `<Delete><Object><Key>${key}</Key></Object></Delete>`
    const answer = await oss.send({
      method: 'POST',
      bucket,
      query: 'delete',
      body: document,
      headers: { 'content-md5': createHash('md5').update(document).digest('base64') },
    })
    expect(answer.text).toContain('\x01')
    expect(answer.text).not.toContain('&#x1;')
    expect(text(children(answer.xml, 'Deleted')[0]!, 'Key')).toBe(key)
  })
})

describe('appends', () => {
  const tooManyTags = Array.from({ length: 11 }, (_, at) => `k${at}=v`).join('&')
  const append = (position: number, headers: TestRequest['headers']) =>
    on('log', 'POST', `append&position=${position}`, { body: 'abc', headers })

  it('F18 look at headers only where the object begins', async () => {
    expect(await append(0, { 'x-oss-tagging': tooManyTags })).toMatchObject({ code: 'InvalidTag' })
    expect((await append(0, {})).status).toBe(200)
    const second = await append(3, {
      'x-oss-tagging': tooManyTags,
      'x-oss-server-side-encryption': 'KMS',
    })
    expect(second.status).toBe(200)
    expect(second.headers).not.toHaveProperty('x-oss-server-side-encryption')
    expect((await on('log', 'HEAD')).headers).not.toHaveProperty('x-oss-tagging-count')
  })

  it('F19 with KMS and no key id have the default key, as all objects do', async () => {
    const headers = { 'x-oss-server-side-encryption': 'KMS' }
    for (const answer of [await append(0, headers), await put('key', 'text', headers)]) {
      expect(answer.headers['x-oss-server-side-encryption-key-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

describe('tags of an object', () => {
  const set = (pairs: readonly (readonly [string, string])[]) =>
    on('key', 'PUT', 'tagging', {
      body: `<Tagging><TagSet>${pairs
        .map(([name, value]) => `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`)
        .join('')}</TagSet></Tagging>`,
    })
  const tags = async () => {
    const { xml } = await on('key', 'GET', 'tagging')
    expect(xml.name).toBe('Tagging')
    return children(children(xml, 'TagSet')[0]!, 'Tag').map(tag => [
      text(tag, 'Key'),
      text(tag, 'Value'),
    ])
  }

  it('F52 are read, replaced as a whole and dropped, and leave the object as it was', async () => {
    await put('key', 'text', { 'x-oss-tagging': 'old=1', 'x-oss-meta-a': 'b' })
    const { headers: before } = await on('key', 'HEAD')
    oss.clock.at += 60_000
    expect(await tags()).toEqual([['old', '1']])
    expect(
      await set([
        ['+-.:', '_/'],
        ['empty', ''],
      ]),
    ).toMatchObject({ status: 200, text: '' })
    expect(await tags()).toEqual([
      ['+-.:', '_/'],
      ['empty', ''],
    ])
    const after = await on('key', 'HEAD')
    expect(after.headers).toMatchObject({
      etag: before.etag,
      'last-modified': before['last-modified'],
      'x-oss-meta-a': 'b',
      'x-oss-tagging-count': '2',
    })
    expect((await on('key', 'DELETE', 'tagging')).status).toBe(204)
    expect(await tags()).toEqual([])
    expect((await on('key')).text).toBe('text')
  })

  it.each([
    [[['k'.repeat(129), 'v']], 'InvalidTag'],
    [[['%@abc', 'v']], 'InvalidTag'],
    [[['', 'v']], 'InvalidTag'],
    [[['k', 'v'.repeat(257)]], 'InvalidTag'],
    [[['k', '%abc']], 'InvalidTag'],
    [
      [
        ['k', 'v'],
        ['k', 'v'],
      ],
      'InvalidTag',
    ],
    [Array.from({ length: 11 }, (_, at) => [`k${at}`, 'v']), 'InvalidTag'],
  ] as [[string, string][], string][])('F53 %j are refused', async (pairs, code) => {
    await put('key', 'text')
    expect(await set(pairs)).toMatchObject({ status: 400, code })
    expect(await tags()).toEqual([])
  })

  it.each([
    '',
    '<Tagging/>',
    '<Tags><TagSet/></Tags>',
    '<Tagging><TagSet><Tag/></TagSet></Tagging>',
  ])('F53 %j is malformed', async body => {
    await put('key', 'text')
    expect(await on('key', 'PUT', 'tagging', { body })).toMatchObject({ code: 'MalformedXML' })
  })

  it.each(['GET', 'PUT', 'DELETE'])('F53 %s needs an object', async method => {
    const body = method === 'PUT' ? '<Tagging><TagSet/></Tagging>' : ''
    expect(await on('absent', method, 'tagging', { body })).toMatchObject({ code: 'NoSuchKey' })
  })
})

describe('symbolic links', () => {
  const link = (key: string, target: string, headers: TestRequest['headers'] = {}) =>
    on(key, 'PUT', 'symlink', {
      headers: { 'x-oss-symlink-target': encodeURIComponent(target), ...headers },
    })

  it('F57 name their target, whether it exists or not', async () => {
    const target = 'dir/目标 +1.txt'
    expect(await link('link', target)).toMatchObject({ status: 200, text: '' })
    const { status, headers } = await on('link', 'GET', 'symlink')
    expect(status).toBe(200)
    expect(decodeURIComponent(headers['x-oss-symlink-target']!)).toBe(target)
    expect(headers.etag).toMatch(/^"[0-9A-F]{32}"$/)
    expect(headers).toHaveProperty('last-modified')
  })

  it('F57 need a target, and may be forbidden to overwrite', async () => {
    expect(await on('link', 'PUT', 'symlink')).toMatchObject({ code: 'InvalidArgument' })
    expect(await link('link', 'x'.repeat(1024))).toMatchObject({ code: 'InvalidObjectName' })
    expect(await on('link', 'GET', 'symlink')).toMatchObject({ code: 'NoSuchKey' })
    await put('link', 'text')
    expect(await on('link', 'GET', 'symlink')).toMatchObject({ status: 400 })
    expect(await link('link', 'target', { 'x-oss-forbid-overwrite': 'true' })).toMatchObject({
      code: 'FileAlreadyExists',
    })
  })

  it('F58 are read as their targets, with headers of their own', async () => {
    await put('target', 'hello', { 'content-type': 'text/css', 'x-oss-meta-of': 'target' })
    const { headers: target } = await on('target', 'HEAD')
    oss.clock.at += 60_000
    await link('link', 'target', { 'x-oss-meta-of': 'link', 'x-oss-storage-class': 'IA' })
    for (const method of ['GET', 'HEAD']) {
      const { headers, text: body } = await on('link', method)
      expect(body).toBe(method === 'GET' ? 'hello' : '')
      for (const name of ['content-length', 'etag', 'content-md5', 'x-oss-hash-crc64ecma']) {
        expect(headers[name]).toBe(target[name])
      }
      expect(headers).toMatchObject({
        'x-oss-object-type': 'Symlink',
        'x-oss-meta-of': 'link',
        'x-oss-storage-class': 'IA',
        'content-type': 'application/octet-stream',
        'last-modified': new Date(oss.clock.at).toUTCString(),
      })
    }
    expect((await on('link', 'GET', '', { headers: { range: 'bytes=1-2' } })).text).toBe('el')
    await on('link', 'DELETE')
    expect((await on('target')).text).toBe('hello')
  })

  it('F59 lead nowhere, or to another link', async () => {
    await link('nowhere', 'absent')
    await link('twice', 'nowhere')
    for (const method of ['GET', 'HEAD']) {
      const absent = { status: 404, code: 'SymlinkTargetNotExist', ec: '0026-00000012' }
      expect(await on('nowhere', method)).toMatchObject(absent)
      const chained = { status: 400, code: 'InvalidTargetType', ec: '0026-00000011' }
      expect(await on('twice', method)).toMatchObject(chained)
    }
  })

  it('F59 show strangers nothing that the ACL of the target does not', async () => {
    await put('secret', 'text', { 'x-oss-object-acl': 'private' })
    await put('open', 'text', { 'x-oss-object-acl': 'public-read' })
    for (const [key, status] of [
      ['secret', 403],
      ['open', 200],
    ] as const) {
      await link('link', key, { 'x-oss-object-acl': 'public-read' })
      expect((await on('link', 'GET', '', { sign: 'none' })).status).toBe(status)
    }
  })
})

describe('compressed answers', () => {
  const long = 'text '.repeat(300)
  const gzip = { 'accept-encoding': 'deflate, gzip;q=0.8' }

  it('F54 come to who accepts gzip, without ETag and length', async () => {
    await put('key', long, { 'content-type': 'text/plain; charset=utf-8' })
    const { headers, body } = await on('key', 'GET', '', { headers: gzip })
    expect(gunzipSync(body).toString()).toBe(long)
    expect(headers['content-encoding']).toBe('gzip')
    for (const name of ['etag', 'content-length', 'content-md5']) {
      expect(headers).not.toHaveProperty(name)
    }
  })

  it.each<[string, string, Record<string, string>, Record<string, string>]>([
    ['a short text', 'text', { 'content-type': 'text/plain' }, gzip],
    ['another type', long, { 'content-type': 'image/png' }, gzip],
    ['a range', long, { 'content-type': 'text/plain' }, { ...gzip, range: 'bytes=0-1400' }],
    ['what is encoded', long, { 'content-type': 'text/css', 'content-encoding': 'br' }, gzip],
    ['who does not ask', long, { 'content-type': 'text/plain' }, { 'accept-encoding': 'identity' }],
    ['who refuses', long, { 'content-type': 'text/plain' }, { 'accept-encoding': 'gzip;q=0' }],
  ])('F54 do not come for %s', async (_, body, stored, headers) => {
    await put('key', body, stored)
    const answer = await on('key', 'GET', '', { headers })
    expect(answer.headers['content-encoding']).toBe(stored['content-encoding'])
    expect(answer.headers).toHaveProperty('etag')
    expect(answer.headers['content-length']).toBe(String(answer.body.length))
  })
})

it('F55 the version `null` of an object is the object', async () => {
  await put('key', 'text')
  expect((await on('key', 'GET', 'versionId=null')).text).toBe('text')
  expect((await on('key', 'DELETE', 'versionId=null')).status).toBe(204)
  expect((await on('key', 'HEAD')).status).toBe(404)
})

it('F56 a condition without a value is ignored, on reads and on copies', async () => {
  await put('key', 'text')
  const empty = { 'if-match': '', 'if-none-match': '' }
  const copy = { 'x-oss-copy-source': `/${bucket}/key`, 'x-oss-copy-source-if-match': '' }
  expect((await on('key', 'GET', '', { headers: empty })).status).toBe(200)
  expect((await on('copy', 'PUT', '', { headers: copy })).status).toBe(200)
})

it('F36 a signed URL without a header that it lists: 400', async () => {
  const query =
    'x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-date=20250102T030405Z&x-oss-expires=60' +
    '&x-oss-credential=ak/20250102/cn-hangzhou/oss/aliyun_v4_request' +
    '&x-oss-additional-headers=email&x-oss-signature=0'
  const send = (headers: Record<string, string>) =>
    oss.send({ bucket, key: 'key', query, headers, sign: 'none' })
  expect(await send({})).toMatchObject({ status: 400, code: 'InvalidArgument' })
  expect(await send({ email: 'a@b' })).toMatchObject({ code: 'SignatureDoesNotMatch' })
})

it('F78 UploadPartCopy tells the ETag in a header too', async () => {
  await put('source', 'text')
  const { xml } = await on('key', 'POST', 'uploads')
  const copied = await on('key', 'PUT', `partNumber=1&uploadId=${text(xml, 'UploadId')}`, {
    headers: { 'x-oss-copy-source': `/${bucket}/source` },
  })
  expect(copied.headers.etag).toBe(copied.field('ETag'))
})

it('F79 GetBucketStat counts objects, uploads and bytes', async () => {
  const stat = async () => {
    const { xml } = await oss.send({ bucket, query: 'stat' })
    return Object.fromEntries(xml.children.map(({ name, text: value }) => [name, Number(value)]))
  }
  expect(Object.values(await stat()).every(value => value === 0)).toBe(true)
  await put('a', 'text')
  await put('b', 'cold', { 'x-oss-storage-class': 'IA' })
  await on('c', 'POST', 'uploads')
  expect(await stat()).toMatchObject({
    Storage: 8,
    ObjectCount: 2,
    MultipartUploadCount: 1,
    LastModifiedTime: oss.clock.at / 1000,
    StandardStorage: 4,
    StandardObjectCount: 1,
    InfrequentAccessObjectCount: 1,
    ArchiveObjectCount: 0,
  })
})

it('F99 PutBucketAcl makes the bucket if it is not there', async () => {
  const acl = (headers: Record<string, string>) =>
    oss.send({ method: 'PUT', bucket: 'new', query: 'acl', headers })
  expect(await acl({})).toMatchObject({ code: 'InvalidArgument' })
  expect((await oss.send({ bucket: 'new', query: 'acl' })).code).toBe('NoSuchBucket')
  expect((await acl({ 'x-oss-acl': 'public-read' })).status).toBe(200)
  expect((await oss.send({ bucket: 'new', query: 'acl' })).text).toContain('public-read')
})
