// What the suites of official clients found wrong here, by the classes of that measurement. Numbers are those of
// docs/internals/oss-facts.md.

import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { signV1 } from '../../../src/server/auth/v1.ts'
import { signV4 } from '../../../src/server/auth/v4.ts'
import { subresources } from '../../../src/server/http/subresources.ts'
import { child, text } from '../../../src/xml/parse.ts'
import { build, type Local, startedAt, startLocal, type TestRequest, testKey } from './local.ts'

const bucket = 'examplebucket'
let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

const put = (key: string, body: string, headers: TestRequest['headers'] = {}) =>
  oss.send({ method: 'PUT', bucket, key, body, headers })
const get = (key: string, headers: TestRequest['headers'] = {}, query = '') =>
  oss.send({ bucket, key, headers, query })
const initiate = async (key: string, headers: TestRequest['headers'] = {}) =>
  (await oss.send({ method: 'POST', bucket, key, query: 'uploads', headers })).field('UploadId')

describe('subresources', () => {
  const mutating = ['PUT', 'POST', 'DELETE']
  const names = [...subresources, 'notInventedYet']

  it.each(names)('F120 ?%s never acts as if it were absent', async name => {
    await put('key', 'text', { 'x-oss-meta-a': '1' })
    for (const query of [name, `${name}=`, `${name}=1`]) {
      // A name that no list knows, with a value, is a parameter.
      if (name === 'notInventedYet' && query.endsWith('1')) continue
      for (const method of mutating) {
        for (const key of [undefined, 'key', 'absent']) {
          // These two remove the object, or a version of it, as they should.
          if (method === 'DELETE' && name === 'versionId' && key === 'key') continue
          const body = method === 'DELETE' ? '' : '<Some>thing</Some>'
          await oss.send({ method, bucket, query, body, ...(key !== undefined && { key }) })
        }
      }
    }
    const left = await get('key')
    expect([left.text, left.headers['x-oss-meta-a']]).toEqual(['text', '1'])
    expect((await get('absent')).code).toBe('NoSuchKey')
    expect((await oss.send({ method: 'DELETE', bucket })).code).toBe('BucketNotEmpty')
  })

  it.each(['cname', 'regions', 'accessPoint', 'legalHold', 'lifecycle'])(
    'F120 GET ?%s is not a listing nor the object',
    async name => {
      await put('key', 'text')
      for (const key of [undefined, 'key']) {
        const answer = await oss.send({ bucket, query: name, ...(key !== undefined && { key }) })
        expect(answer).toMatchObject({ status: 400, code: 'NotImplemented' })
      }
    },
  )

  it('F120 ListBuckets takes no notice of regionList; unknown parameters of reads are ignored', async () => {
    expect((await oss.send({ query: 'regionList' })).status).toBe(200)
    await put('key', 'text')
    expect((await get('key', {}, 'v=123&nocache')).text).toBe('text')
  })

  it('F121 GET ?live is an empty list of live channels', async () => {
    const { xml } = await oss.send({ bucket, query: 'live&prefix=a' })
    expect([xml.name, text(xml, 'Prefix'), text(xml, 'IsTruncated')]).toEqual([
      'ListLiveChannelResult',
      'a',
      'false',
    ])
  })
})

describe('copies', () => {
  it.each([
    ['bytes=2-', 'cdef'],
    ['bytes=-2', 'ef'],
    ['bytes=1-3', 'bcd'],
    ['bytes=9-', 'abcdef'],
    ['bytes=0-9', 'abcdef'],
    ['nonsense', 'abcdef'],
  ])('F122 UploadPartCopy of %s', async (range, expected) => {
    await put('source', 'abcdef')
    const id = await initiate('copy')
    const headers = {
      'x-oss-copy-source': '/examplebucket/source',
      'x-oss-copy-source-range': range,
    }
    const query = `partNumber=1&uploadId=${id}`
    await oss.send({ method: 'PUT', bucket, key: 'copy', query, headers })
    await oss.send({
      method: 'POST',
      bucket,
      key: 'copy',
      query: `uploadId=${id}`,
      headers: { 'x-oss-complete-all': 'yes' },
    })
    expect((await get('copy')).text).toBe(expected)
  })

  it('F123 onto itself takes the metadata of the request, under either directive, without versioning', async () => {
    const copy = (headers: Record<string, string>) =>
      put('key', '', { 'x-oss-copy-source': '/examplebucket/key', ...headers })
    await put('key', 'text', { 'x-oss-meta-a': 'old' })
    await copy({ 'x-oss-meta-a': 'new' })
    expect((await get('key')).headers['x-oss-meta-a']).toBe('new')
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'
    await oss.send({ method: 'PUT', bucket, query: 'versioning', body })
    await copy({ 'x-oss-meta-a': 'newest' })
    expect((await get('key')).headers['x-oss-meta-a']).toBe('new')
  })

  it('F124 an over-long source key is InvalidObjectName', async () => {
    const source = `/examplebucket/${'k'.repeat(1024)}`
    const answer = await put('copy', '', { 'x-oss-copy-source': source })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidObjectName' })
  })
})

it('F11 Content-Language is kept', async () => {
  await put('key', 'text', { 'content-language': 'zh-CN' })
  expect((await get('key')).headers['content-language']).toBe('zh-CN')
})

describe('signatures', () => {
  const scope = { region: 'cn-hangzhou', product: 'oss', additionalHeaders: [] }
  const credential = 'ak/20250102/cn-hangzhou/oss/aliyun_v4_request'
  const signed = (headers: Record<string, string>, time: string) => {
    const plain = build({ bucket, sign: 'none' }, startedAt)
    const all = { ...plain.headers, 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD', ...headers }
    const query = { pairs: [], get: () => undefined, has: () => false }
    const parts = { method: 'GET', bucket, query, headers: all }
    const { signature } = signV4(parts, { ...scope, time }, testKey.accessKeySecret)
    const authorization = `OSS4-HMAC-SHA256 Credential=${credential},Signature=${signature}`
    return oss.handler({ ...plain, headers: { ...all, authorization } })
  }

  it('F125 V4 with Date alone signs its text as it is', async () => {
    const date = new Date(startedAt).toUTCString()
    expect((await signed({ date }, date)).status).toBe(200)
    expect((await signed({ date }, '20250102T030405Z')).status).toBe(403)
  })

  it('F125 x-oss-date may have the form of HTTP', async () => {
    const late = new Date(startedAt - 3_600_000).toUTCString()
    const answer = await signed({ 'x-oss-date': late }, late)
    expect([answer.status, answer.headers['x-oss-ec']]).toEqual([403, '0002-00000504'])
    const now = new Date(startedAt).toUTCString()
    expect((await signed({ 'x-oss-date': now }, now)).status).toBe(200)
  })

  it.each(['1', '2026', '99999999999', 'now', 'Thu, 02 Jan 2025'])(
    'F27 refuses the date %j',
    async date => {
      const plain = build({ bucket, sign: 'none' }, startedAt)
      const headers = { ...plain.headers, date }
      const query = { pairs: [], get: () => undefined, has: () => false }
      const { signature } = signV1({ method: 'GET', bucket, query, headers }, date, 'sk')
      const answer = await oss.handler({
        ...plain,
        headers: { ...headers, authorization: `OSS ak:${signature}` },
      })
      expect([answer.status, answer.headers['x-oss-ec']]).toEqual([403, '0002-00000502'])
    },
  )

  it.each(['1e5', '0x10', ' 60', '60.0', '+60', ''])(
    'F30 refuses x-oss-expires=%j',
    async expires => {
      const query = new URLSearchParams({
        'x-oss-signature-version': 'OSS4-HMAC-SHA256',
        'x-oss-credential': credential,
        'x-oss-date': '20250102T030405Z',
        'x-oss-expires': expires,
        'x-oss-signature': 'x',
      })
      const answer = await oss.send({
        bucket,
        key: 'key',
        sign: 'none',
        query: query.toString().replaceAll('+', '%20'),
      })
      expect(answer).toMatchObject({ status: 400, ec: '0002-00000232' })
    },
  )

  it('F126 a token with a permanent key is InvalidAccessKeyId', async () => {
    const headers = { 'x-oss-security-token': 'token' }
    expect((await oss.send({ bucket, headers })).code).toBe('InvalidAccessKeyId')
  })

  it('F24 another product has an EC of its own', async () => {
    const authorization =
      'OSS4-HMAC-SHA256 Credential=ak/20250102/cn-hangzhou/ecs/aliyun_v4_request,Signature=x'
    expect(await oss.send({ bucket, headers: { authorization } })).toMatchObject({
      status: 400,
      ec: '0002-00000227',
    })
  })

  it.each([
    'publicAccessBlock',
    'httpsConfig',
    'accessPoint',
    'resourcePool',
    'qosInfo',
    'redundancyTransition',
  ])('F50 V1 signs ?%s', async query => {
    expect((await oss.send({ bucket, query, sign: 'v1' })).code).toBe('NotImplemented')
  })
})

describe('an absent bucket', () => {
  it.each([
    ['an unknown key', { signer: { accessKeyId: 'unknown', accessKeySecret: 'x' } }],
    ['a wrong signature', { signer: { accessKeyId: 'ak', accessKeySecret: 'wrong' } }],
    ['no signature', { sign: 'none' }],
    ['a feature that this server lacks', { query: 'lifecycle' }],
    ['a method out of place', { method: 'PATCH' }],
  ] as [string, Partial<TestRequest>][])('F127 is NoSuchBucket before %s', async (_, request) => {
    const answer = await oss.send({ bucket: 'nobucket', key: 'key', ...request })
    expect(answer).toMatchObject({ status: 404, code: 'NoSuchBucket' })
  })

  it('F128 HEAD shows a bucket and its region', async () => {
    const there = await oss.send({ method: 'HEAD', bucket })
    expect([there.status, there.headers['x-oss-bucket-region']]).toEqual([200, 'cn-hangzhou'])
    expect(await oss.send({ method: 'HEAD', bucket: 'nobucket' })).toMatchObject({
      status: 404,
      code: 'NoSuchBucket',
    })
  })
})

it('F76 the last page of uploads names its last entry', async () => {
  await initiate('a')
  const id = await initiate('b')
  const { xml } = await oss.send({ bucket, query: 'uploads' })
  expect([text(xml, 'NextKeyMarker'), text(xml, 'NextUploadIdMarker')]).toEqual(['b', id])
  const empty = (await oss.send({ bucket, query: 'uploads&prefix=x' })).xml
  expect([text(empty, 'NextKeyMarker'), text(empty, 'NextUploadIdMarker')]).toEqual(['', ''])
})

describe('DeleteMultipleObjects', () => {
  const body = '<Delete><Object><Key>a b</Key></Object></Delete>'
  const md5 = createHash('md5').update(body).digest()
  const remove = (headers: Record<string, string>, sent = body) =>
    oss.send({ method: 'POST', bucket, query: 'delete', body: sent, headers })

  it('F129 takes encoding-type as a header', async () => {
    const headers = { 'content-md5': md5.toString('base64'), 'encoding-type': 'url' }
    expect((await remove(headers)).text).toContain(
      '<EncodingType>url</EncodingType><Deleted><Key>a%20b',
    )
  })

  it('F130 takes an MD5 with four bytes behind it, and no other', async () => {
    const of = (bytes: Buffer) => ({ 'content-md5': bytes.toString('base64') })
    expect((await remove(of(Buffer.concat([md5, Buffer.from('junk')])))).status).toBe(200)
    for (const bad of [Buffer.concat([md5, Buffer.from('x')]), md5.subarray(1), Buffer.alloc(20)]) {
      expect((await remove(of(bad))).code).toBe('InvalidDigest')
    }
  })

  it('F131 XML may follow blanks', async () => {
    const late = `\n   <?xml version="1.0"?>${body}`
    const headers = { 'content-md5': createHash('md5').update(late).digest('base64') }
    expect((await remove(headers, late)).status).toBe(200)
  })
})

describe('x-oss-traffic-limit', () => {
  const low = { 'x-oss-traffic-limit': '645763' }

  it('F132 out of range is refused at PutObject and taken for the nearest by a part', async () => {
    expect((await put('key', 'text', low)).code).toBe('InvalidArgument')
    const id = await initiate('key', low)
    const query = `partNumber=1&uploadId=${id}`
    const part = await oss.send({
      method: 'PUT',
      bucket,
      key: 'key',
      query,
      body: 'x',
      headers: low,
    })
    expect(part.status).toBe(200)
    expect(part.headers['x-oss-qos-delay-time']).toMatch(/^\d+$/)
  })

  it('F132 shows in every limited answer', async () => {
    const headers = { 'x-oss-traffic-limit': '819200' }
    expect((await put('key', 'x'.repeat(102_400), headers)).headers).toMatchObject({
      'x-oss-qos-delay-time': '1000',
    })
    expect((await get('key', headers)).headers['x-oss-qos-delay-time']).toBe('1000')
    expect((await get('key')).headers).not.toHaveProperty('x-oss-qos-delay-time')
  })
})

describe('empty values', () => {
  it('F133 count as absent', async () => {
    const empty = {
      'x-oss-object-acl': '',
      'x-oss-storage-class': '',
      'x-oss-forbid-overwrite': '',
    }
    expect((await put('key', 'text', empty)).status).toBe(200)
    const acl = { 'x-oss-acl': '' }
    expect((await oss.send({ method: 'PUT', bucket, headers: acl })).status).toBe(200)
  })

  it('F133 PutObjectAcl without one is MissingArgument', async () => {
    await put('key', 'text')
    const request = { method: 'PUT', bucket, key: 'key', query: 'acl' }
    expect(await oss.send({ ...request, headers: { 'x-oss-object-acl': '' } })).toMatchObject({
      status: 400,
      code: 'MissingArgument',
    })
  })
})

it('F91 AllowedHeader comes back as it was given', async () => {
  const body =
    '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>' +
    '<AllowedHeader>X-Oss-Meta-Name</AllowedHeader></CORSRule></CORSConfiguration>'
  await oss.send({ method: 'PUT', bucket, query: 'cors', body })
  expect((await oss.send({ bucket, query: 'cors' })).text).toContain('>X-Oss-Meta-Name<')
})

it('F134 PutBucketAcl answers with the location of the bucket; authenticated-read is an ACL', async () => {
  const headers = { 'x-oss-acl': 'authenticated-read' }
  const answer = await oss.send({ method: 'PUT', bucket, query: 'acl', headers })
  expect(answer).toMatchObject({ status: 200, headers: { location: '/examplebucket' } })
  await put('key', 'text')
  expect((await oss.send({ bucket, key: 'key', sign: 'none' })).status).toBe(403)
})

it.each(['/x', '\\x'])('F05 the key %j is refused where an object would be made', async key => {
  const refused = { status: 400, code: 'InvalidObjectName' }
  const request = { method: 'PUT', bucket, key }
  expect(await oss.send({ ...request, body: 'text' })).toMatchObject(refused)
  const headers = { 'x-oss-copy-source': '/examplebucket/other' }
  expect(await oss.send({ ...request, headers })).toMatchObject(refused)
  expect(await oss.send({ ...request, method: 'POST', query: 'uploads' })).toMatchObject(refused)
  expect((await get(key)).code).toBe('NoSuchKey')
  expect((await oss.send({ ...request, method: 'DELETE' })).status).toBe(204)
})

it('F79 GetBucketStat counts deep cold archives', async () => {
  await put('key', 'text', { 'x-oss-storage-class': 'DeepColdArchive' })
  const { xml } = await oss.send({ bucket, query: 'stat' })
  expect(
    ['Storage', 'RealStorage', 'ObjectCount'].map(name => text(xml, `DeepColdArchive${name}`)),
  ).toEqual(['4', '4', '1'])
})

describe('messages of tags', () => {
  it.each([
    ['k=1&k=2', 'InvalidArgument', 'query parameters without tag name duplicates'],
    ['!=1', 'InvalidTag', 'The TagKey you have provided is invalid'],
    [
      Array.from({ length: 11 }, (_, at) => `k${at}=v`).join('&'),
      'InvalidTag',
      'Object tags cannot be greater than 10',
    ],
  ])('F53 the header %.20s', async (tags, code, message) => {
    const answer = await put('key', 'text', { 'x-oss-tagging': tags })
    expect([answer.code, answer.field('Message')]).toEqual([code, expect.stringContaining(message)])
  })

  it('F53 a document with one key twice', async () => {
    await put('key', 'text')
    const tag = '<Tag><Key>k</Key><Value>v</Value></Tag>'
    const body = `<Tagging><TagSet>${tag}${tag}</TagSet></Tagging>`
    const answer = await oss.send({ method: 'PUT', bucket, key: 'key', query: 'tagging', body })
    expect(answer.code).toBe('InvalidTag')
    expect(answer.field('Message')).toBe('Cannot provide multiple Tags with the same key')
  })
})

describe('callbacks', () => {
  const base64 = (value: string) => Buffer.from(value).toString('base64')
  const of = (callbackUrl: string) => base64(JSON.stringify({ callbackUrl, callbackBody: 'x=1' }))

  it.each([
    [of('http://127.0.0.1:port/'), 'This is no URL.'],
    ['not base64!', 'The callback configuration is not base64 encoded.'],
    [base64('{'), 'The callback configuration is not json format.'],
  ])('F97 %s is refused before anything is stored', async (callback, message) => {
    const answer = await put('key', 'text', { 'x-oss-callback': callback })
    expect([answer.code, answer.field('Message')]).toEqual(['InvalidArgument', message])
    expect((await get('key')).code).toBe('NoSuchKey')
  })

  it('F95 a URL may lack its scheme', async () => {
    const called: string[] = []
    oss = await startLocal({
      sendCallback: async ({ url }) => {
        called.push(url)
        return '{}'
      },
    })
    await put('key', 'text', { 'x-oss-callback': of('127.0.0.1:8080/done') })
    expect(called).toEqual(['http://127.0.0.1:8080/done'])
  })
})

it('F54 HEAD shows the headers of a compressed answer', async () => {
  await put('key', 'x'.repeat(2000), { 'content-type': 'text/plain' })
  const request = { bucket, key: 'key', headers: { 'accept-encoding': 'gzip' } }
  const [head, whole] = [await oss.send({ ...request, method: 'HEAD' }), await oss.send(request)]
  for (const { headers } of [head, whole]) {
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(headers).not.toHaveProperty('content-length')
  }
})

describe('encryption', () => {
  const kms = { 'x-oss-server-side-encryption': 'KMS', 'x-oss-server-side-data-encryption': 'SM4' }

  it('F135 PutBucket sets the rule of a bucket, which its objects follow', async () => {
    await oss.send({ method: 'PUT', bucket: 'encrypted', headers: kms })
    const info = child(
      (await oss.send({ bucket: 'encrypted', query: 'bucketInfo' })).xml,
      'Bucket',
    )!
    const rule = child(info, 'ServerSideEncryptionRule')!
    expect([text(rule, 'SSEAlgorithm'), text(rule, 'KMSDataEncryption')]).toEqual(['KMS', 'SM4'])
    const stored = await oss.send({ method: 'PUT', bucket: 'encrypted', key: 'key', body: 'text' })
    expect(stored.headers).toMatchObject(kms)
    const own = { 'x-oss-server-side-encryption': 'AES256' }
    const other = { method: 'PUT', bucket: 'encrypted', key: 'key', body: 'text', headers: own }
    expect((await oss.send(other)).headers).toMatchObject(own)
  })

  it('F135 data encryption without KMS is ignored, encryption at Complete refused', async () => {
    const data = { 'x-oss-server-side-data-encryption': 'SM4' }
    expect((await put('key', 'text', data)).status).toBe(200)
    const id = await initiate('key')
    const query = `uploadId=${id}`
    const headers = { 'x-oss-complete-all': 'yes', 'x-oss-server-side-encryption': 'AES256' }
    const answer = await oss.send({ method: 'POST', bucket, key: 'key', query, headers })
    expect(answer.code).toBe('InvalidArgument')
  })

  it('F135 a copied part shows the encryption of its upload', async () => {
    await put('source', 'text')
    const id = await initiate('copy', { 'x-oss-server-side-encryption': 'AES256' })
    const headers = { 'x-oss-copy-source': '/examplebucket/source' }
    const query = `partNumber=1&uploadId=${id}`
    const part = await oss.send({ method: 'PUT', bucket, key: 'copy', query, headers })
    expect(part.headers['x-oss-server-side-encryption']).toBe('AES256')
  })
})

describe('messages', () => {
  it('F08 of a symbolic link without a target, a bucket with uploads, a key that is not UTF-8', async () => {
    await oss.send({
      method: 'PUT',
      bucket,
      key: 'link',
      query: 'symlink',
      headers: { 'x-oss-symlink-target': 'absent' },
    })
    expect((await get('link')).field('Message')).toBe('The symlink target object does not exist')
    await oss.send({ method: 'DELETE', bucket, key: 'link' })
    await initiate('key')
    expect((await oss.send({ method: 'DELETE', bucket })).field('Message')).toContain(
      'The bucket has Multipart Uploads.',
    )
    const broken = await oss.send({
      bucket,
      key: 'key',
      tamper: request => ({ ...request, target: '/examplebucket/%ff' }),
    })
    expect([broken.code, broken.field('Message')]).toEqual([
      'InvalidArgument',
      'The characters encoding must be utf-8.',
    ])
  })

  it('F25 F30 of another region and an expired URL', async () => {
    const region = await oss.send({ bucket, region: 'cn-beijing' })
    expect(region.field('Message')).toBe('Invalid signing region in Authorization header.')
    const query = `OSSAccessKeyId=ak&Expires=1&Signature=x`
    const expired = await oss.send({ bucket, key: 'key', sign: 'none', query })
    expect(expired.field('Message')).toBe('Request has expired.')
  })
})

it("F61 Complete's Location writes ~ as %7E", async () => {
  const id = await initiate('a~b')
  const answer = await oss.send({
    method: 'POST',
    bucket,
    key: 'a~b',
    query: `uploadId=${id}`,
    headers: { 'x-oss-complete-all': 'yes' },
  })
  expect(answer.field('Location')).toMatch(/\/a%7Eb$/)
})
