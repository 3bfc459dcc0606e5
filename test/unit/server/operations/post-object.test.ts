// Uploads from HTML forms. Numbers are those of docs/internals/oss-facts.md.

import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { signingKeyV4 } from '../../../../src/server/auth/v4.ts'
import { type Local, startLocal, type TestAnswer } from '../local.ts'

const bucket = 'examplebucket'
let oss: Local
beforeEach(async () => {
  oss = await startLocal()
})

type Fields = Readonly<Record<string, string>>

const boundary = '9431149156168'

function body(fields: Fields, file: string | undefined, fileName = 'photo.jpg'): string {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const last =
    file === undefined
      ? ''
      : `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
        `Content-Type: image/jpeg\r\n\r\n${file}\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="submit"\r\n\r\nUpload\r\n`
  return `${parts.join('')}${last}--${boundary}--\r\n`
}

function post(
  text: string,
  type = `multipart/form-data; boundary=${boundary}`,
): Promise<TestAnswer> {
  const headers = { 'content-type': type }
  return oss.send({ method: 'POST', bucket, sign: 'none', headers, body: text })
}

function policy(conditions: readonly unknown[], expiration = '2025-01-02T04:04:05.000Z'): string {
  return Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64')
}

function signedV1(conditions: readonly unknown[], expiration?: string): Fields {
  const text = policy(conditions, expiration)
  const signature = createHmac('sha1', 'sk').update(text).digest('base64')
  return { OSSAccessKeyId: 'ak', policy: text, Signature: signature }
}

const credential = 'ak/20250102/cn-hangzhou/oss/aliyun_v4_request'

function signedV4(conditions: readonly unknown[]): Fields {
  const text = policy(conditions)
  const key = signingKeyV4('sk', { date: '20250102', region: 'cn-hangzhou', product: 'oss' })
  return {
    policy: text,
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': credential,
    'x-oss-date': '20250102T030405Z',
    'x-oss-signature': createHmac('sha256', key).update(text).digest('hex'),
  }
}

const get = (key: string) => oss.send({ bucket, key })

describe('a form', () => {
  it.each([
    ['V1', signedV1],
    ['V4', signedV4],
  ])('F139 signed by %s stores its file with its fields', async (_, sign) => {
    const fields = {
      key: ['user/', '{filename}'].join('$'),
      'x-oss-meta-tag': 'mine',
      'Content-Disposition': 'attachment',
      ...sign([{ bucket }, ['starts-with', '$key', 'user/'], ['content-length-range', 1, 10]]),
    }
    const answer = await post(body(fields, 'abc\r\n--94'))
    expect([answer.status, answer.text]).toEqual([204, ''])
    const stored = await get('user/photo.jpg')
    expect(stored.text).toBe('abc\r\n--94')
    expect(stored.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'attachment',
      'x-oss-meta-tag': 'mine',
    })
    expect(answer.headers.etag).toBe(stored.headers.etag)
  })

  it('F139 the policy of the reference has the signature of the reference', () => {
    const text = Buffer.from(
      '{"expiration":"2025-01-02T04:04:05.000Z","conditions":[{"bucket":"examplebucket"},{"x-oss-signature-version":"OSS4-HMAC-SHA256"},{"x-oss-credential":"testAccessKeyId01/20250102/cn-hangzhou/oss/aliyun_v4_request"},{"x-oss-date":"20250102T030405Z"},["content-length-range",1,1024]]}',
    ).toString('base64')
    const key = signingKeyV4('testAccessKeySecret01', {
      date: '20250102',
      region: 'cn-hangzhou',
      product: 'oss',
    })
    expect(createHmac('sha256', key).update(text).digest('hex')).toBe(
      'f440a9dfa0a44a8087796d67a3ef8f239db5879239e2ebd5d8b6302884fb888b',
    )
  })

  it('F140 answers by success_action_status and success_action_redirect', async () => {
    const fields = { key: 'key', ...signedV1([{ bucket }]) }
    expect((await post(body({ ...fields, success_action_status: '200' }, 'x'))).status).toBe(200)
    const made = await post(body({ ...fields, success_action_status: '201' }, 'x'))
    expect([made.status, made.field('Key'), made.field('Bucket')]).toEqual([201, 'key', bucket])
    expect((await post(body({ ...fields, success_action_status: '500' }, 'x'))).status).toBe(204)
    const redirect = { ...fields, success_action_redirect: 'http://localhost/done?a=1' }
    const moved = await post(body(redirect, 'x'))
    expect(moved.status).toBe(303)
    expect(moved.headers.location).toMatch(
      /^http:\/\/localhost\/done\?a=1&bucket=examplebucket&key=key&etag=/,
    )
  })

  it('F139 without a signature is a stranger', async () => {
    expect(await post(body({ key: 'key' }, 'x'))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    })
    const headers = { 'x-oss-acl': 'public-read-write' }
    await oss.send({ method: 'PUT', bucket, query: 'acl', headers })
    expect((await post(body({ key: 'key' }, 'x'))).status).toBe(204)
  })
})

describe('refusals store nothing:', () => {
  const good = { key: 'key', ...signedV1([{ bucket }]) }

  it.each([
    ['a wrong signature', { ...good, Signature: 'x' }, 'SignatureDoesNotMatch'],
    ['an unknown key id', { ...good, OSSAccessKeyId: 'x' }, 'InvalidAccessKeyId'],
    ['a part of a signature', { key: 'key', policy: policy([]) }, 'InvalidArgument'],
    ['a token of no key', { ...good, 'x-oss-security-token': 'x' }, 'InvalidAccessKeyId'],
    [
      'an expired policy',
      { key: 'key', ...signedV1([], '2025-01-02T03:04:05.000Z') },
      'AccessDenied',
    ],
    ['another bucket', { key: 'key', ...signedV1([{ bucket: 'other' }]) }, 'AccessDenied'],
    [
      'another key',
      { key: 'key', ...signedV1([['starts-with', '$key', 'user/']]) },
      'AccessDenied',
    ],
    [
      'a field that differs',
      { key: 'key', ...signedV1([['eq', '$x-oss-meta-a', '1']]) },
      'AccessDenied',
    ],
    [
      'a type not in the list',
      { key: 'key', ...signedV1([['in', '$content-type', ['text/plain']]]) },
      'AccessDenied',
    ],
    [
      'an unknown condition',
      { key: 'key', ...signedV1([['like', '$key', 'k']]) },
      'InvalidPolicyDocument',
    ],
    [
      'too few bytes',
      { key: 'key', ...signedV1([['content-length-range', 100, 200]]) },
      'EntityTooSmall',
    ],
    [
      'too many bytes',
      { key: 'key', ...signedV1([['content-length-range', 0, 3]]) },
      'EntityTooLarge',
    ],
    ['no key', signedV1([]), 'InvalidObjectName'],
    ['a long field', { ...good, 'x-oss-meta-a': 'x'.repeat(5000) }, 'FieldItemTooLong'],
    [
      'another region',
      {
        key: 'key',
        ...signedV4([]),
        'x-oss-credential': credential.replace('hangzhou', 'beijing'),
      },
      'InvalidArgument',
    ],
  ] as [string, Fields, string][])('%s', async (_, fields, code) => {
    const answer = await post(body(fields, 'some bytes'))
    expect(answer.code).toBe(code)
    expect((await get('key')).code).toBe('NoSuchKey')
  })

  it('F141 a policy that is no JSON, no file, no form, a form that breaks off', async () => {
    const text = Buffer.from('{').toString('base64')
    const signature = createHmac('sha1', 'sk').update(text).digest('base64')
    const broken = { ...good, policy: text, Signature: signature }
    expect((await post(body(broken, 'x'))).code).toBe('InvalidPolicyDocument')
    expect((await post(body(good, undefined))).code).toBe('IncorrectNumberOfFilesInPOSTRequest')
    expect((await post(body(good, 'x'), 'text/plain')).code).toBe('RequestIsNotMultiPartContent')
    const whole = body(good, 'some bytes')
    for (let size = 0; size < whole.indexOf('some bytes') + 12; size += 7) {
      expect((await post(whole.slice(0, size))).status).toBe(400)
    }
    expect((await get('key')).code).toBe('NoSuchKey')
  })

  it('an existing object under x-oss-forbid-overwrite', async () => {
    const fields = { ...good, 'x-oss-forbid-overwrite': 'true' }
    expect((await post(body(fields, 'one'))).status).toBe(204)
    expect(await post(body(fields, 'two'))).toMatchObject({
      status: 409,
      code: 'FileAlreadyExists',
    })
    expect((await get('key')).text).toBe('one')
  })
})
