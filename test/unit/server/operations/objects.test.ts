// Objects put, read, copied and deleted. Numbers are those of docs/internals/oss-facts.md.

import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { build, type Local, startLocal, type TestRequest } from '../local.ts'

let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

const bucket = 'examplebucket'
const put = (key: string, body: string, headers: TestRequest['headers'] = {}) =>
  oss.send({ method: 'PUT', bucket, key, body, headers })
const get = (key: string, headers: TestRequest['headers'] = {}, query = '') =>
  oss.send({ bucket, key, headers, query })
const head = (key: string) => oss.send({ method: 'HEAD', bucket, key })

describe('every answer', () => {
  it('F01 has the common headers', async () => {
    const first = await head('absent')
    const second = await put('key', 'text')
    for (const { headers } of [first, second]) {
      expect(headers).toMatchObject({ server: 'AliyunOSS', date: 'Thu, 02 Jan 2025 03:04:05 GMT' })
      expect(headers['x-oss-request-id']).toMatch(/^[0-9A-F]{24}$/)
      expect(headers['x-oss-server-time']).toMatch(/^\d+$/)
    }
    expect(first.headers['x-oss-request-id']).not.toBe(second.headers['x-oss-request-id'])
  })

  it('F02 that is an error says so in XML without a namespace', async () => {
    const answer = await get('a<b')
    expect(answer).toMatchObject({ status: 404, code: 'NoSuchKey', ec: '0026-00000001' })
    expect(answer.text).not.toContain('xmlns')
    expect(answer.field('Key')).toBe('a<b')
    expect(answer.field('RequestId')).toBe(answer.headers['x-oss-request-id'])
    expect(answer.field('HostId')).toBe('127.0.0.1:9000')
    expect(answer.field('EC')).toBe('0026-00000001')
  })

  it('F03 to HEAD puts the error into a header', async () => {
    const answer = await head('absent')
    expect(answer).toMatchObject({ status: 404, text: '', code: 'NoSuchKey', ec: '0026-00000001' })
  })
})

describe('addresses', () => {
  const to = (host: string, target: string) =>
    oss.send({ sign: 'none', tamper: request => ({ ...request, target, headers: { host } }) })

  it.each([
    ['examplebucket.oss-cn-hangzhou.aliyuncs.com', '/absent', 'AccessDenied'],
    ['examplebucket.oss-cn-hangzhou-internal.aliyuncs.com:80', '/absent', 'AccessDenied'],
    ['examplebucket.cn-hangzhou.oss.aliyuncs.com', '/absent', 'AccessDenied'],
    ['examplebucket.oss-accelerate.aliyuncs.com', '/absent', 'AccessDenied'],
    ['examplebucket.localhost:9000', '/absent', 'AccessDenied'],
    ['other.localhost:9000', '/absent', 'NoSuchBucket'],
    ['localhost:9000', '/examplebucket/absent', 'AccessDenied'],
    ['[::1]:9000', '/other/absent', 'NoSuchBucket'],
    ['oss-cn-hangzhou.aliyuncs.com', '/examplebucket/absent', 'SecondLevelDomainForbidden'],
    ['UPPER.oss-cn-hangzhou.aliyuncs.com', '/', 'NoSuchBucket'],
    ['a_b.oss-cn-hangzhou.aliyuncs.com', '/', 'NoSuchBucket'],
    ['a_.oss-cn-hangzhou.aliyuncs.com', '/', 'InvalidBucketName'],
    ['127.0.0.1', '/Bad/absent', 'InvalidBucketName'],
  ])('F04 %s%s', async (host, target, code) => {
    expect((await to(host, target)).code).toBe(code)
  })

  it('F04 a custom domain', async () => {
    const own = await startLocal({
      addressing: { domains: { 'files.example.com': bucket }, hosts: ['oss'] },
    })
    for (const host of ['files.example.com', 'examplebucket.oss:9000']) {
      const answer = await own.handler({
        ...build({ sign: 'none' }, 0),
        target: '/absent',
        headers: { host },
      })
      expect(answer.status).toBe(403)
    }
  })
})

describe('keys', () => {
  it.each([
    'a//b',
    './x',
    '../x',
    'x/',
    'a/',
    ' ',
    '%2F',
    '+',
    'ä/中文',
    '\f\n\v',
    'a?b#c',
    "!'()*",
    '𝒌',
  ])('F05 %j is a key of its own', async key => {
    expect((await put(key, key)).status).toBe(200)
    expect((await get(key)).text).toBe(key)
    const listed = await oss.send({ bucket, query: 'encoding-type=url' })
    expect(listed.text.match(/<Key>/g)).toHaveLength(1)
  })

  it('F05 encoded and literal slashes are the same key', async () => {
    await put('a/b', 'text')
    const tamper: TestRequest['tamper'] = request => ({
      ...request,
      target: '/examplebucket/a%2Fb',
    })
    expect((await oss.send({ bucket, key: 'a/b', tamper })).text).toBe('text')
  })

  it('F07 a plus in a URL is a blank, as old clients write it', async () => {
    await put('a b+c', 'text')
    const tamper: TestRequest['tamper'] = request => ({
      ...request,
      target: '/examplebucket/a+b%2Bc',
    })
    expect((await oss.send({ bucket, key: 'a b+c', tamper })).text).toBe('text')
  })

  it.each([
    ['x'.repeat(1023), 200],
    ['ä'.repeat(512), 400],
    ['x'.repeat(1024), 400],
  ])('F06 of 1 to 1023 bytes', async (key, status) => {
    const answer = await put(key, '')
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.code).toBe('InvalidObjectName')
  })

  it('F06 that are not UTF-8 are refused', async () => {
    const tamper: TestRequest['tamper'] = request => ({ ...request, target: '/examplebucket/%ff' })
    expect((await oss.send({ bucket, tamper })).code).toBe('InvalidArgument')
  })
})

describe('PutObject', () => {
  it('F10 answers with ETag, MD5 and CRC-64', async () => {
    expect((await put('key', '123456789')).headers).toMatchObject({
      etag: '"25F9E794323B453885F5181F1B624D0B"',
      'content-md5': 'JfnnlDI7RTiF9RgfG2JNCw==',
      'x-oss-hash-crc64ecma': '11051210869376104954',
      'content-length': '0',
    })
    expect((await put('empty', '')).headers).toMatchObject({
      etag: '"D41D8CD98F00B204E9800998ECF8427E"',
      'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==',
      'x-oss-hash-crc64ecma': '0',
    })
  })

  it('F11 keeps what belongs to the object', async () => {
    await put('key', 'text', {
      'content-type': 'text/plain',
      'cache-control': 'no-cache',
      'content-disposition': 'attachment',
      'content-encoding': 'identity',
      expires: 'never',
      'x-oss-meta-name': 'Jörg 中',
      'x-oss-storage-class': 'IA',
      'x-oss-server-side-encryption': 'KMS',
      'x-oss-server-side-encryption-key-id': 'id',
      'x-oss-tagging': 'a=1&b=%20x',
    })
    for (const answer of [await head('key'), await get('key')]) {
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain',
        'cache-control': 'no-cache',
        'content-disposition': 'attachment',
        'content-encoding': 'identity',
        expires: 'never',
        'x-oss-meta-name': 'Jörg 中',
        'x-oss-storage-class': 'IA',
        'x-oss-server-side-encryption': 'KMS',
        'x-oss-server-side-encryption-key-id': 'id',
        'x-oss-tagging-count': '2',
        'x-oss-object-type': 'Normal',
        'accept-ranges': 'bytes',
        'content-length': '4',
        'content-md5': md5('text'),
        'last-modified': 'Thu, 02 Jan 2025 03:04:05 GMT',
      })
    }
    expect((await put('plain', '')).status).toBe(200)
    expect((await head('plain')).headers['content-type']).toBe('application/octet-stream')
  })

  it.each([
    [{ 'content-md5': 'x' }, 'InvalidDigest'],
    [{ 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' }, 'InvalidDigest'],
    [{ 'x-oss-hash-crc64ecma': '1' }, 'InvalidCRC64'],
    [{ 'x-oss-storage-class': 'Cold' }, 'InvalidArgument'],
    [{ 'x-oss-object-acl': 'open' }, 'InvalidArgument'],
    [{ 'x-oss-server-side-encryption': 'ROT13' }, 'InvalidEncryptionAlgorithmError'],
    [{ 'x-oss-server-side-encryption-key-id': 'id' }, 'InvalidArgument'],
    [{ 'x-oss-tagging': `${'k'.repeat(129)}=v` }, 'InvalidTag'],
    [{ 'x-oss-tagging': 'k=1&k=2' }, 'InvalidArgument'],
    [{ 'x-oss-tagging': 'k=v!' }, 'InvalidTag'],
    [
      { 'x-oss-tagging': Array.from({ length: 11 }, (_, at) => `k${at}=v`).join('&') },
      'InvalidTag',
    ],
    [{ 'x-oss-meta-under_score': 'x' }, 'InvalidArgument'],
    [{ 'x-oss-meta-big': 'x'.repeat(8192) }, 'InvalidArgument'],
    [{ 'x-oss-traffic-limit': '819199' }, 'InvalidArgument'],
    [{ 'if-match': '"x"' }, 'NotImplemented'],
    [{ 'x-oss-callback': 'e30=' }, 'InvalidArgument'],
  ])('F12 with %j is refused and stores nothing', async (headers, code) => {
    expect(await put('key', 'text', headers)).toMatchObject({ status: 400, code })
    expect((await head('key')).status).toBe(404)
  })

  it.each([
    ['PutObject', 'PUT', ''],
    ['AppendObject', 'POST', 'append&position=0'],
  ])('F12 x-oss-traffic-limit, in bits, slows the body of %s', async (_, method, query) => {
    const sleptMs = () => oss.clock.sleeps.splice(0).reduce((sum, ms) => sum + ms, 0)
    const headers = { 'x-oss-traffic-limit': '819200' }
    const body = 'x'.repeat(204_800)
    await oss.send({ method, bucket, key: 'slow', query, body, headers })
    expect(sleptMs()).toBe(2000)
    await get('slow', {}, 'x-oss-traffic-limit=1638400')
    expect(sleptMs()).toBe(1000)
  })

  it('F13 forbid-overwrite', async () => {
    const headers = { 'x-oss-forbid-overwrite': 'true' }
    expect((await put('key', 'one', headers)).status).toBe(200)
    expect(await put('key', 'two', headers)).toMatchObject({
      status: 409,
      code: 'FileAlreadyExists',
    })
    expect((await get('key')).text).toBe('one')
  })

  it('F14 needs a length or chunks', async () => {
    const without: TestRequest['tamper'] = ({ bodySize: _, ...request }) => request
    const chunked: TestRequest['tamper'] = ({ bodySize: _, ...request }) => ({
      ...request,
      headers: { ...request.headers, 'transfer-encoding': 'chunked' },
    })
    const request = { method: 'PUT', bucket, key: 'key', body: 'text' }
    expect(await oss.send({ ...request, tamper: without })).toMatchObject({
      status: 411,
      code: 'MissingContentLength',
    })
    expect((await oss.send({ ...request, tamper: chunked })).status).toBe(200)
  })

  it('F15 shorter than announced stores nothing', async () => {
    const tamper: TestRequest['tamper'] = request => ({ ...request, bodySize: 5 })
    const answer = await oss.send({ method: 'PUT', bucket, key: 'key', body: 'text', tamper })
    expect(answer).toMatchObject({ status: 400, code: 'IncompleteBody' })
    expect((await head('key')).status).toBe(404)
  })

  it('F16 to a bucket that is not there', async () => {
    const answer = await oss.send({ method: 'PUT', bucket: 'other', key: 'key', body: '' })
    expect(answer).toMatchObject({ status: 404, code: 'NoSuchBucket', ec: '0015-00000101' })
    expect(answer.field('BucketName')).toBe('other')
  })
})

describe('GetObject', () => {
  beforeEach(() => put('key', '0123456789'))

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=0-9', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=7-10', 200, '0123456789', undefined],
    ['bytes=10-', 200, '0123456789', undefined],
    ['bytes=-11', 200, '0123456789', undefined],
    ['bytes=1-2,4-5', 200, '0123456789', undefined],
    ['bytes=5-2', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('F40 Range %s', async (range, status, text, contentRange) => {
    const answer = await get('key', { range })
    expect(answer).toMatchObject({ status, text })
    expect(answer.headers['content-range']).toBe(contentRange)
    expect(answer.headers['content-length']).toBe(String(text.length))
    expect(answer.headers['x-oss-hash-crc64ecma']).toBe(
      (await head('key')).headers['x-oss-hash-crc64ecma'],
    )
  })

  it.each([
    ['bytes=7-100', 206, 'bytes 7-9/10'],
    ['bytes=-100', 206, 'bytes 0-9/10'],
    ['bytes=10-', 416, 'bytes */10'],
    ['bytes=1-2,4-5', 200, undefined],
  ])('F41 Range %s with the standard behaviour', async (range, status, contentRange) => {
    const answer = await get('key', { range, 'x-oss-range-behavior': 'standard' })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-range']).toBe(contentRange)
  })

  it.each([
    [{ 'if-match': '781E5E245D69B566979B86E28D23F2C7' }, 200],
    [{ 'if-match': '"OTHER"' }, 412],
    [{ 'if-none-match': '"781E5E245D69B566979B86E28D23F2C7"' }, 304],
    [{ 'if-none-match': '"OTHER"' }, 200],
    [{ 'if-modified-since': 'Thu, 02 Jan 2025 03:04:05 GMT' }, 304],
    [{ 'if-modified-since': 'Thu, 02 Jan 2025 03:04:04 GMT' }, 200],
    [{ 'if-unmodified-since': 'Thu, 02 Jan 2025 03:04:05 GMT' }, 200],
    [{ 'if-unmodified-since': 'Thu, 02 Jan 2025 03:04:04 GMT' }, 412],
  ])('F42 %j', async (headers, status) => {
    const answer = await get('key', headers)
    expect(answer.status).toBe(status)
    if (status === 304) expect(answer.text).toBe('')
    if (status === 412) expect(answer.code).toBe('PreconditionFailed')
  })

  it('F43 with response headers of the reader’s choice, signed only', async () => {
    expect((await get('key', {}, 'response-content-type=text%2Fcsv')).headers['content-type']).toBe(
      'text/csv',
    )
    expect((await get('key', {}, 'response-expires=a%0D%0Ab')).code).toBe('InvalidArgument')
    await oss.send({ method: 'PUT', bucket, query: 'acl', headers: { 'x-oss-acl': 'public-read' } })
    const anonymous = { bucket, key: 'key', query: 'response-expires=x', sign: 'none' } as const
    expect(await oss.send(anonymous)).toMatchObject({ status: 400, code: 'InvalidRequest' })
  })

  it('F44 GetObjectMeta tells little', async () => {
    const { headers, status } = await oss.send({
      method: 'HEAD',
      bucket,
      key: 'key',
      query: 'objectMeta',
    })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-length': '10',
      etag: '"781E5E245D69B566979B86E28D23F2C7"',
    })
    expect(headers['content-type']).toBeUndefined()
  })
})

describe('deleting', () => {
  it('F45 answers 204, whether it was there or not', async () => {
    await put('key', '')
    for (const _ of [1, 2]) {
      const answer = await oss.send({ method: 'DELETE', bucket, key: 'key' })
      expect(answer).toMatchObject({ status: 204, text: '' })
    }
  })

  const many = (body: string, query = 'delete') =>
    oss.send({ method: 'POST', bucket, query, body, headers: { 'content-md5': md5(body) } })

  it('F46 many at once', async () => {
    await put('a&b', '')
    await put('\u0001', '')
    const body =
      '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>&#x1;</Key></Object></Delete>'
    const answer = await many(body, 'delete&encoding-type=url')
    expect(answer.status).toBe(200)
    expect(answer.text).toContain(
      '<Deleted><Key>a%26b</Key></Deleted><Deleted><Key>%01</Key></Deleted>',
    )
    expect((await head('a&b')).status).toBe(404)
    expect((await head('\u0001')).status).toBe(404)
    const quiet = await many('<Delete><Quiet>true</Quiet><Object><Key>x</Key></Object></Delete>')
    expect(quiet).toMatchObject({ status: 200, text: '' })
  })

  it.each([
    ['<Remove/>', 'MalformedXML'],
    ['<Delete>', 'MalformedXML'],
    [`<Delete>${'<Object><Key>k</Key></Object>'.repeat(1001)}</Delete>`, 'MalformedXML'],
    ['<Delete><Object><Key></Key></Object></Delete>', 'UserKeyMustBeSpecified'],
  ])('F47 refuses %.40s', async (body, code) => {
    expect(await many(body)).toMatchObject({ status: 400, code })
  })

  it.each([
    ['AccessDenied', 403, ['theirs.txt', 'mine.txt']],
    ['left-out', 200, ['mine.txt']],
  ] as const)('F119 needs permission for each key: %s', async (deleteDeniedKey, status, left) => {
    oss = await startLocal({ unconfirmed: { deleteDeniedKey } })
    const headers = { 'x-oss-acl': 'public-read-write' }
    await oss.send({ method: 'PUT', bucket, query: 'acl', headers })
    await put('theirs.txt', 'text')
    await put('mine.txt', 'text', { 'x-oss-object-acl': 'private' })
    const body = ['theirs.txt', 'mine.txt']
      .map(key => `<Object><Key>${key}</Key></Object>`)
      .join('')
    const answer = await oss.send({
      method: 'POST',
      bucket,
      query: 'delete',
      sign: 'none',
      body: `<Delete>${body}</Delete>`,
      headers: { 'content-md5': md5(`<Delete>${body}</Delete>`) },
    })
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain('<Deleted><Key>mine.txt')
    for (const key of ['theirs.txt', 'mine.txt'] as const) {
      expect((await head(key)).status).toBe(left.some(one => one === key) ? 200 : 404)
    }
  })

  it('F47 refuses without Content-MD5, or with a wrong one', async () => {
    const request = { method: 'POST', bucket, query: 'delete', body: '<Delete/>' }
    expect((await oss.send(request)).code).toBe('MissingArgument')
    const headers = { 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' }
    expect((await oss.send({ ...request, headers })).code).toBe('InvalidDigest')
  })
})

describe('CopyObject', () => {
  const copy = (key: string, source: string, headers: TestRequest['headers'] = {}) =>
    oss.send({ method: 'PUT', bucket, key, headers: { 'x-oss-copy-source': source, ...headers } })

  it('F48 copies bytes and metadata, or replaces the metadata', async () => {
    await put('sö urce', 'text', { 'x-oss-meta-a': '1', 'content-type': 'text/plain' })
    const answer = await copy('copy', '/examplebucket/s%C3%B6%20urce')
    expect(answer.status).toBe(200)
    expect(answer.field('ETag')).toBe('"1CB251EC0D568DE6A929B520C4AED8D1"')
    expect(answer.field('LastModified')).toBe('2025-01-02T03:04:05.000Z')
    await oss.send({ method: 'DELETE', bucket, key: 'sö urce' })
    expect(await get('copy')).toMatchObject({ text: 'text' })
    expect((await head('copy')).headers['x-oss-meta-a']).toBe('1')
    await copy('copy', '/examplebucket/copy', {
      'x-oss-metadata-directive': 'REPLACE',
      'x-oss-meta-b': '2',
    })
    const replaced = await get('copy')
    expect(replaced.text).toBe('text')
    expect(replaced.headers['x-oss-meta-a']).toBeUndefined()
    expect(replaced.headers['x-oss-meta-b']).toBe('2')
  })

  it.each([
    ['nonsense', 400, 'InvalidArgument'],
    ['/examplebucket/absent', 404, 'NoSuchKey'],
    ['/other/absent', 404, 'NoSuchBucket'],
    ['/examplebucket/key?versionId=1', 400, 'InvalidArgument'],
    ['/examplebucket/key?other=1', 400, 'InvalidArgument'],
  ])('F49 from %s', async (source, status, code) => {
    expect(await copy('copy', source)).toMatchObject({ status, code })
  })

  it('F49 under conditions on its source', async () => {
    await put('key', 'text')
    const source = '/examplebucket/key'
    expect((await copy('copy', source, { 'x-oss-copy-source-if-match': 'X' })).status).toBe(412)
    expect((await copy('copy', source, { 'x-oss-copy-source-if-none-match': '*' })).status).toBe(
      304,
    )
  })
})

describe('an object that grows', () => {
  const append = (position: string, body: string, headers: TestRequest['headers'] = {}) =>
    oss.send({
      method: 'POST',
      bucket,
      key: 'log',
      query: `append&position=${position}`,
      body,
      headers,
    })
  const next = 'x-oss-next-append-position'

  it('F17 begins at 0 and goes on where it ended', async () => {
    const first = await append('0', 'abc', { 'x-oss-meta-a': '1', 'content-type': 'x/y' })
    expect(first.headers).toMatchObject({
      [next]: '3',
      'x-oss-hash-crc64ecma': '3231342946509354535',
    })
    const second = await append('3', 'def', {
      'x-oss-meta-a': '2',
      'x-oss-object-acl': 'public-read',
    })
    expect((await get('log', {}, 'acl')).text).toContain('<Grant>public-read</Grant>')
    expect(second.headers[next]).toBe('6')
    const { text, headers } = await get('log')
    expect(text).toBe('abcdef')
    expect(headers).toMatchObject({
      [next]: '6',
      etag: second.headers.etag,
      'content-type': 'x/y',
      'x-oss-hash-crc64ecma': second.headers['x-oss-hash-crc64ecma'],
      'x-oss-meta-a': '1',
      'x-oss-object-type': 'Appendable',
    })
    await put('whole', 'abcdef')
    expect((await head('whole')).headers['x-oss-hash-crc64ecma']).toBe(
      headers['x-oss-hash-crc64ecma'],
    )
    expect(headers['content-md5']).toBeUndefined()
  })

  it('F17 refuses any other position and says the right one', async () => {
    await append('0', 'abc')
    const wrong = await append('2', 'x')
    expect(wrong).toMatchObject({
      status: 409,
      code: 'PositionNotEqualToLength',
      ec: '0026-00000016',
    })
    expect(wrong.headers[next]).toBe('3')
    expect(await append('', 'x')).toMatchObject({ status: 400, code: 'InvalidArgument' })
    expect((await get('log')).text).toBe('abc')
  })

  it('F17 takes one of two appends at the same position', async () => {
    const answers = await Promise.all([append('0', 'one'), append('0', 'two')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('F17 is not what PutObject made, and may be replaced by it', async () => {
    await append('0', 'abc')
    await put('log', 'whole')
    expect((await head('log')).headers['x-oss-object-type']).toBe('Normal')
    expect(await append('5', 'x')).toMatchObject({ status: 409, code: 'ObjectNotAppendable' })
  })
})

describe('what this server does not have', () => {
  it.each([
    ['PUT', 'versionId=null'],
    ['POST', 'uploads&versionId=null'],
    ['POST', 'tagging'],
    ['POST', 'symlink'],
    ['GET', 'x-oss-process=style/x'],
    ['POST', 'restore'],
  ])('F50 %s ?%s', async (method, query) => {
    expect(await oss.send({ method, bucket, key: 'key', query })).toMatchObject({
      status: 400,
      code: 'NotImplemented',
    })
  })

  it('F51 methods out of place', async () => {
    const answer = await oss.send({ method: 'PATCH', bucket, key: 'key' })
    expect(answer).toMatchObject({ status: 405, code: 'MethodNotAllowed' })
    expect(answer.headers.allow).toContain('GET')
    expect(answer.field('ResourceType')).toBe('Object')
  })
})

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64')
}
