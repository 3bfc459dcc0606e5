// Who may ask, and the answer to a refused client. Numbers are those of docs/internals/oss-facts.md.

import { beforeEach, describe, expect, it } from 'vitest'
import { type Local, startedAt, startLocal, type TestRequest, testKey } from '../local.ts'

const minute = 60_000

let oss: Local
beforeEach(async () => {
  oss = await startLocal()
  await oss.send({ method: 'PUT', bucket: 'examplebucket', key: 'key', body: 'text' })
})

const read: TestRequest = { bucket: 'examplebucket', key: 'key' }

describe('signatures', () => {
  it.each(['v4', 'v1'] as const)('F20 %s in the header', async sign => {
    expect(await oss.send({ ...read, sign })).toMatchObject({ status: 200, text: 'text' })
  })

  it('F20 the Authorization header with blanks and in any order', async () => {
    const answer = await oss.send({
      ...read,
      tamper: request => {
        const [, credential, signature] =
          /(Credential=[^,]+),(Signature=.+)$/.exec(request.headers.authorization ?? '') ?? []
        const authorization = `OSS4-HMAC-SHA256 ${signature}, ${credential}`
        return { ...request, headers: { ...request.headers, authorization } }
      },
    })
    expect(answer.status).toBe(200)
  })

  it.each([
    [
      'v1',
      '0002-00000040',
      ['StringToSign', 'StringToSignBytes', 'SignatureProvided', 'OSSAccessKeyId'],
    ],
    ['v4', '0002-00000040', ['StringToSign', 'StringToSignBytes', 'CanonicalRequest']],
  ] as const)('F21 a wrong %s signature shows what was to be signed', async (sign, ec, fields) => {
    const answer = await oss.send({
      ...read,
      sign,
      signer: { ...testKey, accessKeySecret: 'other' },
    })
    expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch', ec })
    for (const field of fields) expect(answer.field(field)).toBeTruthy()
    expect(answer.field('StringToSignBytes')).toMatch(/^([0-9A-F]{2} )+$/)
    expect(answer.text).not.toContain('sk<')
  })

  it('F22 an unknown key id', async () => {
    const answer = await oss.send({
      ...read,
      signer: { accessKeyId: 'nobody', accessKeySecret: 'x' },
    })
    expect(answer).toMatchObject({ status: 403, code: 'InvalidAccessKeyId', ec: '0002-00000902' })
    expect(answer.field('OSSAccessKeyId')).toBe('nobody')
  })

  it.each([
    { sign: 'v4', skew: 15 * minute, status: 200 },
    { sign: 'v4', skew: -15 * minute, status: 200 },
    { sign: 'v4', skew: 15 * minute + 1000, status: 403 },
    { sign: 'v1', skew: -15 * minute - 1000, status: 403 },
  ] as const)('F23 a clock off by $skew ms, $sign', async ({ sign, skew, status }) => {
    const answer = await oss.send({ ...read, sign, at: startedAt + skew })
    expect(answer.status).toBe(status)
    if (status === 200) return
    expect(answer).toMatchObject({ code: 'RequestTimeTooSkewed', ec: '0002-00000504' })
    expect(answer.field('MaxAllowedSkewMilliseconds')).toBe('900000')
    expect(answer.field('ServerTime')).toBe('2025-01-02T03:04:05.000Z')
    expect(answer.field('RequestTime')).toMatch(/^2025-01-02T0[23]:\d\d:\d\d\.000Z$/)
  })

  it.each([
    ['OSS4-HMAC-SHA256 Credential=ak/20250102/cn-hangzhou/oss/aliyun_v4_request', '0002-00000065'],
    ['OSS4-HMAC-SHA256 Credential=ak,Signature=x', '0002-00000213'],
    [
      'OSS4-HMAC-SHA256 Credential=ak/2025/cn-hangzhou/oss/aliyun_v4_request,Signature=x',
      '0002-00000212',
    ],
    [
      'OSS4-HMAC-SHA256 Credential=ak/20250101/cn-hangzhou/oss/aliyun_v4_request,Signature=x',
      '0002-00000212',
    ],
    [
      'OSS4-HMAC-SHA256 Credential=ak/20250102/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=,Signature=x',
      '0002-00000209',
    ],
    [
      'OSS4-HMAC-SHA256 Credential=ak/20250102/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=a;,Signature=x',
      '0002-00000210',
    ],
    [
      'OSS4-HMAC-SHA256 Credential=ak/20250102/oss-cn-hangzhou/oss/aliyun_v4_request,Signature=x',
      '0002-00000226',
    ],
    ['Bearer x', '0002-00000065'],
  ])('F24 %s', async (authorization, ec) => {
    expect(await oss.send({ ...read, headers: { authorization } })).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
      ec,
    })
  })

  it('F25 another region', async () => {
    const answer = await oss.send({ ...read, region: 'cn-beijing' })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument', ec: '0002-00000226' })
    expect(answer.field('Authorization')).toContain('cn-beijing')
  })

  it('F26 a payload hash other than UNSIGNED-PAYLOAD', async () => {
    const answer = await oss.send({ ...read, headers: { 'x-oss-content-sha256': 'abc' } })
    expect(answer).toMatchObject({ status: 400, ec: '0002-00000214' })
  })

  it('F27 no date, and a malformed one', async () => {
    const drop =
      (name: string): TestRequest['tamper'] =>
      request => {
        const { [name]: _, ...headers } = request.headers
        return { ...request, headers }
      }
    expect((await oss.send({ ...read, sign: 'v1', tamper: drop('date') })).ec).toBe('0002-00000503')
    expect((await oss.send({ ...read, sign: 'v1', headers: { date: 'soon' } })).ec).toBe(
      '0002-00000502',
    )
    expect((await oss.send({ ...read, headers: { 'x-oss-date': 'soon' } })).ec).toBe(
      '0002-00000505',
    )
  })

  it('F28 both in header and URL', async () => {
    const answer = await oss.send({ ...read, query: 'x-oss-signature=a&x-oss-signature-version=b' })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })
})

describe('signed URLs', () => {
  const credential = 'ak%2F20250102%2Fcn-hangzhou%2Foss%2Faliyun_v4_request'

  function v4(parameters: Record<string, string>): TestRequest {
    const query = {
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
      'x-oss-credential': credential,
      'x-oss-date': '20250102T030405Z',
      'x-oss-expires': '60',
      'x-oss-signature': 'x',
      ...parameters,
    }
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`)
    return { ...read, sign: 'none', query: pairs.join('&') }
  }

  it.each([
    [{ 'x-oss-signature': '' }, '0002-00000219'],
    [{ 'x-oss-credential': 'ak' }, '0002-00000224'],
    [{ 'x-oss-credential': credential.replace('20250102', 'today') }, '0002-00000223'],
    [{ 'x-oss-expires': '0' }, '0002-00000232'],
    [{ 'x-oss-expires': '604801' }, '0002-00000232'],
    [{ 'x-oss-date': '20250102T031906Z' }, '0002-00000235'],
    [{ 'x-oss-date': '20250102T030304Z' }, '0002-00000236'],
    [{}, '0002-00000040'],
  ])('F30 V4 with %j', async (parameters, ec) => {
    expect((await oss.send(v4(parameters))).ec).toBe(ec)
  })

  it.each([
    ['OSSAccessKeyId=ak&Signature=x', 'AccessDenied', '0002-00000067'],
    ['OSSAccessKeyId=ak&Expires=1735790000', 'AccessDenied', '0002-00000074'],
    ['OSSAccessKeyId=ak&Signature=x&Expires=1735787044', 'AccessDenied', '0002-00000069'],
    ['OSSAccessKeyId=ak&Signature=x&Expires=1735787045', 'SignatureDoesNotMatch', '0002-00000040'],
  ])('F31 V1 with %s', async (query, code, ec) => {
    expect(await oss.send({ ...read, sign: 'none', query })).toMatchObject({
      status: 403,
      code,
      ec,
    })
  })

  it('F32 V1 with its token in a header', async () => {
    const query = 'OSSAccessKeyId=ak&Signature=x&Expires=1735790000'
    const headers = { 'x-oss-security-token': 'token' }
    expect(await oss.send({ ...read, sign: 'none', query, headers })).toMatchObject({
      status: 400,
      code: 'InvalidRequest',
    })
  })
})

describe('temporary keys', () => {
  const temporary = {
    accessKeyId: 'STS.one',
    accessKeySecret: 'secret',
    securityToken: 'token',
    expiresAt: startedAt + minute,
  }
  beforeEach(() => {
    oss.keys.add(temporary)
    oss.keys.add({ ...temporary, accessKeyId: 'STS.two', securityToken: 'other' })
  })

  it('F33 work with their token, until they expire', async () => {
    expect((await oss.send({ ...read, signer: temporary })).status).toBe(200)
    oss.clock.at += minute
    expect(await oss.send({ ...read, signer: temporary })).toMatchObject({
      status: 403,
      code: 'SecurityTokenExpired',
    })
  })

  it.each([
    [undefined, 'InvalidAccessKeyId'],
    ['unheard-of', 'InvalidSecurityToken'],
    ['other', 'AccessKeyIdAndSecurityTokenNotMatch'],
  ])('F33 with the token %s: %s', async (token, code) => {
    const { securityToken: _, ...bare } = temporary
    const signer = token === undefined ? bare : { ...bare, securityToken: token }
    expect(await oss.send({ ...read, signer })).toMatchObject({ status: 403, code })
  })
})

describe('permissions', () => {
  it('F34 of a key: actions that are not allowed or denied', async () => {
    const signer = {
      accessKeyId: 'few',
      accessKeySecret: 's',
      allow: ['oss:Put*', 'oss:List*'],
      deny: ['oss:ListParts'],
    }
    oss.keys.add(signer)
    const put = { method: 'PUT', bucket: 'examplebucket', key: 'other', body: 'x', signer }
    expect((await oss.send(put)).status).toBe(200)
    expect(await oss.send({ ...read, signer })).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      ec: '0003-00000001',
    })
    expect((await oss.send({ ...read, query: 'uploadId=x', signer })).code).toBe('AccessDenied')
    expect((await oss.send({ bucket: 'examplebucket', signer })).status).toBe(200)
  })

  it.each([
    { bucket: 'private', object: 'default', get: 403, put: 403 },
    { bucket: 'public-read', object: 'default', get: 200, put: 403 },
    { bucket: 'public-read-write', object: 'default', get: 200, put: 200 },
    { bucket: 'private', object: 'public-read', get: 200, put: 403 },
    { bucket: 'public-read', object: 'private', get: 403, put: 403 },
  ])('F35 of strangers: bucket $bucket, object $object', async ({ bucket, object, get, put }) => {
    await oss.send({
      method: 'PUT',
      bucket: 'examplebucket',
      query: 'acl',
      headers: { 'x-oss-acl': bucket },
    })
    await oss.send({
      method: 'PUT',
      bucket: 'examplebucket',
      key: 'key',
      body: 'text',
      headers: { 'x-oss-object-acl': object },
    })
    expect((await oss.send({ ...read, sign: 'none' })).status).toBe(get)
    const write = {
      method: 'PUT',
      bucket: 'examplebucket',
      key: 'key',
      body: 'new',
      sign: 'none',
    } as const
    expect((await oss.send(write)).status).toBe(put)
    expect((await oss.send({ sign: 'none' })).code).toBe('AccessDenied')
    expect((await oss.send({ bucket: 'examplebucket', sign: 'none' })).code).toBe('AccessDenied')
  })
})
