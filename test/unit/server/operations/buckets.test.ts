// Buckets, their listings, ACLs and CORS rules. Numbers are those of docs/internals/oss-facts.md.

import { beforeEach, describe, expect, it } from 'vitest'
import { child, children, text } from '../../../../src/xml/parse.ts'
import { type Local, startLocal, type TestRequest } from '../local.ts'

const bucket = 'examplebucket'
let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

describe('buckets', () => {
  it('F80 are made, described and removed', async () => {
    const body =
      '<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>'
    const headers = { 'x-oss-acl': 'public-read' }
    expect((await oss.send({ method: 'PUT', bucket: 'other', body, headers })).status).toBe(200)
    const info = child((await oss.send({ bucket: 'other', query: 'bucketInfo' })).xml, 'Bucket')!
    const facts = {
      Name: 'other',
      CreationDate: '2025-01-02T03:04:05.000Z',
      StorageClass: 'IA',
      ExtranetEndpoint: 'oss-cn-hangzhou.aliyuncs.com',
      IntranetEndpoint: 'oss-cn-hangzhou-internal.aliyuncs.com',
      Location: 'oss-cn-hangzhou',
    }
    for (const [name, value] of Object.entries(facts)) expect(text(info, name)).toBe(value)
    expect(text(child(info, 'AccessControlList')!, 'Grant')).toBe('public-read')
    expect(text(child(info, 'Owner')!, 'ID')).toBe('1')
    expect((await oss.send({ bucket: 'other', query: 'location' })).xml.text).toBe(
      'oss-cn-hangzhou',
    )
    expect((await oss.send({ method: 'DELETE', bucket: 'other' })).status).toBe(204)
    expect((await oss.send({ bucket: 'other', query: 'bucketInfo' })).code).toBe('NoSuchBucket')
  })

  it('F81 are not removed while they hold something', async () => {
    await oss.send({ method: 'POST', bucket, key: 'key', query: 'uploads' })
    const answer = await oss.send({ method: 'DELETE', bucket })
    expect(answer).toMatchObject({ status: 409, code: 'BucketNotEmpty', ec: '0015-00000301' })
    expect(answer.field('BucketName')).toBe(bucket)
  })

  it.each(['ab', 'Upper', 'under_score', '-dash', 'dash-', 'x'.repeat(64)])(
    'F82 are not called %s',
    async name => {
      expect(await oss.send({ method: 'PUT', bucket: name })).toMatchObject({
        status: 400,
        code: 'InvalidBucketName',
      })
    },
  )

  it('F83 are listed, with markers only when the list is partial', async () => {
    await oss.send({ method: 'PUT', bucket: 'another' })
    const all = await oss.send({})
    expect(children(child(all.xml, 'Buckets')!, 'Bucket').map(one => text(one, 'Name'))).toEqual([
      'another',
      bucket,
    ])
    expect(all.field('IsTruncated')).toBeUndefined()
    const first = await oss.send({ query: 'max-keys=1' })
    expect(first.field('NextMarker')).toBe('another')
    expect((await oss.send({ query: 'marker=another' })).text).not.toContain('<Name>another')
    expect((await oss.send({ query: 'prefix=exam' })).text).not.toContain('<Name>another')
  })

  it.each(['Exam', 'a.b', 'a/'])('F98 none is listed by the prefix %j', async prefix => {
    const answer = await oss.send({ query: `prefix=${encodeURIComponent(prefix)}` })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })

  it('F84 have an ACL', async () => {
    const change = (acl: string) =>
      oss.send({ method: 'PUT', bucket, query: 'acl', headers: { 'x-oss-acl': acl } })
    expect((await change('public-read')).status).toBe(200)
    const { xml } = await oss.send({ bucket, query: 'acl' })
    expect(text(child(xml, 'AccessControlList')!, 'Grant')).toBe('public-read')
    expect((await change('open')).code).toBe('InvalidArgument')
  })

  it('F84 and so have objects', async () => {
    await oss.send({ method: 'PUT', bucket, key: 'key', body: '' })
    const headers = { 'x-oss-object-acl': 'private' }
    expect(
      (await oss.send({ method: 'PUT', bucket, key: 'key', query: 'acl', headers })).status,
    ).toBe(200)
    expect((await oss.send({ bucket, key: 'key', query: 'acl' })).text).toContain(
      '<Grant>private</Grant>',
    )
  })

  it('F85 come into being when first used, if asked for', async () => {
    oss = await startLocal({ createBuckets: true })
    expect((await oss.send({ method: 'PUT', bucket: 'fresh', key: 'key', body: '' })).status).toBe(
      200,
    )
    expect((await oss.send({ bucket: 'nobodys', key: 'key', sign: 'none' })).code).toBe(
      'NoSuchBucket',
    )
  })
})

describe('ListObjects', () => {
  beforeEach(async () => {
    for (const key of ['a b', 'dir/1', 'dir/2', 'z&'])
      await oss.send({ method: 'PUT', bucket, key, body: key })
  })

  const names = (xml: Parameters<typeof children>[0]) => ({
    keys: children(xml, 'Contents').map(one => text(one, 'Key')),
    prefixes: children(xml, 'CommonPrefixes').map(one => text(one, 'Prefix')),
  })

  it('F86 describes each object', async () => {
    const { xml } = await oss.send({ bucket, query: 'prefix=dir/1' })
    const object = children(xml, 'Contents')[0]!
    expect(text(object, 'Size')).toBe('5')
    expect(text(object, 'Type')).toBe('Normal')
    expect(text(object, 'ETag')).toMatch(/^"[0-9A-F]{32}"$/)
    expect(text(object, 'StorageClass')).toBe('Standard')
    expect(text(object, 'LastModified')).toBe('2025-01-02T03:04:05.000Z')
    expect(child(object, 'Owner')).toBeDefined()
  })

  it('F87 V1 pages by marker', async () => {
    const { xml } = await oss.send({ bucket, query: 'delimiter=/&max-keys=2' })
    expect(names(xml)).toEqual({ keys: ['a b'], prefixes: ['dir/'] })
    expect(text(xml, 'IsTruncated')).toBe('true')
    const marker = text(xml, 'NextMarker')
    expect(marker).toBe('dir/')
    const rest = await oss.send({ bucket, query: `delimiter=/&marker=${marker}` })
    expect(names(rest.xml)).toEqual({ keys: ['z&'], prefixes: [] })
    expect(rest.field('IsTruncated')).toBe('false')
    expect(rest.field('NextMarker')).toBeUndefined()
  })

  it('F88 V2 pages by token', async () => {
    const { xml } = await oss.send({ bucket, query: 'list-type=2&max-keys=2&fetch-owner=true' })
    expect(names(xml).keys).toEqual(['a b', 'dir/1'])
    expect(text(xml, 'KeyCount')).toBe('2')
    expect(child(children(xml, 'Contents')[0]!, 'Owner')).toBeDefined()
    const token = encodeURIComponent(text(xml, 'NextContinuationToken') ?? '')
    const rest = await oss.send({ bucket, query: `list-type=2&continuation-token=${token}` })
    expect(names(rest.xml).keys).toEqual(['dir/2', 'z&'])
    expect(child(children(rest.xml, 'Contents')[0]!, 'Owner')).toBeUndefined()
    const after = await oss.send({ bucket, query: 'list-type=2&start-after=dir/2' })
    expect(names(after.xml).keys).toEqual(['z&'])
    expect((await oss.send({ bucket, query: 'list-type=2&continuation-token=x' })).code).toBe(
      'InvalidArgument',
    )
  })

  it('F89 writes names percent-encoded on demand', async () => {
    const { xml } = await oss.send({ bucket, query: 'encoding-type=url&delimiter=/&prefix=' })
    expect(text(xml, 'EncodingType')).toBe('url')
    expect(names(xml)).toEqual({ keys: ['a%20b', 'z%26'], prefixes: ['dir%2F'] })
    expect(text(xml, 'Delimiter')).toBe('%2F')
  })

  it.each([
    'max-keys=1001',
    'max-keys=-1',
    'max-keys=x',
    'max-keys=0',
    `prefix=${'x'.repeat(1024)}`,
    'encoding-type=b',
  ])('F90 refuses %.20s', async query => {
    expect(await oss.send({ bucket, query })).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
    })
  })
})

describe('CORS', () => {
  const rules = (rule: string, more = '') =>
    oss.send({
      method: 'PUT',
      bucket,
      query: 'cors',
      body: `<CORSConfiguration><CORSRule>${rule}</CORSRule>${more}</CORSConfiguration>`,
    })
  const rule =
    '<AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>' +
    '<AllowedHeader>X-Oss-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>600</MaxAgeSeconds>'

  const preflight = (headers: TestRequest['headers']) =>
    oss.send({ method: 'OPTIONS', bucket, key: 'key', sign: 'none', headers })
  const ask = {
    origin: 'https://app.example.com',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-oss-date',
  }

  it('F91 rules are kept, shown and dropped', async () => {
    expect((await oss.send({ bucket, query: 'cors' })).code).toBe('NoSuchCORSConfiguration')
    expect((await rules(rule)).status).toBe(200)
    expect((await oss.send({ bucket, query: 'cors' })).text).toContain(rule)
    expect((await oss.send({ method: 'DELETE', bucket, query: 'cors' })).status).toBe(204)
    expect((await preflight(ask)).code).toBe('AccessForbidden')
  })

  it('F92 the preflight answers by the first rule that matches', async () => {
    await rules(rule)
    const answer = await preflight(ask)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'x-oss-date',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': '600',
    })
  })

  it.each([
    [{ ...ask, origin: 'https://example.org' }, 'AccessForbidden'],
    [{ ...ask, 'access-control-request-method': 'GET' }, 'AccessForbidden'],
    [{ ...ask, 'access-control-request-headers': 'authorization' }, 'AccessForbidden'],
    [{ origin: 'https://app.example.com' }, 'BadRequest'],
  ])('F92 and refuses %j', async (headers, code) => {
    await rules(rule)
    expect((await preflight(headers)).code).toBe(code)
  })

  it('F93 real requests get the headers too, or are served without', async () => {
    await rules(rule, '<ResponseVary>true</ResponseVary>')
    const put = (origin: string) =>
      oss.send({ method: 'PUT', bucket, key: 'key', body: '', headers: { origin } })
    expect((await put('https://app.example.com')).headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      vary: 'Origin',
    })
    const other = await put('https://example.org')
    expect(other.status).toBe(200)
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
    expect(other.headers.vary).toBe('Origin')
  })

  it.each([
    ['<AllowedOrigin>*</AllowedOrigin>', 'MalformedXML'],
    ['<AllowedOrigin>*.*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>', 'InvalidArgument'],
    ['<AllowedOrigin>*</AllowedOrigin><AllowedMethod>PATCH</AllowedMethod>', 'InvalidArgument'],
    [`</CORSRule><CORSRule>${rule}`.repeat(21).slice(21), 'CORSRuleBeyondLimit'],
  ])('F94 refuses %.60s', async (bad, code) => {
    expect(await rules(bad)).toMatchObject({ status: 400, code })
  })
})
