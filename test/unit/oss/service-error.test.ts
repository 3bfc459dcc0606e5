import { describe, expect, it } from 'vitest'
import { OssError } from '../../../src/errors.ts'
import { hintFor } from '../../../src/oss/hints.ts'
import { serviceError } from '../../../src/oss/service-error.ts'

const context = { operation: 'UploadPart', bucket: 'bucket', key: 'a b', partNumber: 7 }

function read(status: number, body: string, headers: Record<string, string> = {}) {
  return serviceError({ status, headers, body: new TextEncoder().encode(body) }, context)
}

const noSuchUpload = `<?xml version="1.0" encoding="UTF-8"?>
<Error>
  <Code>NoSuchUpload</Code>
  <Message>The specified upload does not exist.</Message>
  <RequestId>66A1</RequestId>
  <HostId>bucket.oss-cn-hangzhou.aliyuncs.com</HostId>
  <UploadId>ABC</UploadId>
  <EC>0042-00000104</EC>
</Error>`

describe('serviceError', () => {
  it('reads XML', () => {
    const error = read(404, noSuchUpload)
    expect(error).toBeInstanceOf(OssError)
    expect(error).toMatchObject({
      ...context,
      code: 'NoSuchUpload',
      status: 404,
      requestId: '66A1',
      ec: '0042-00000104',
      retryable: false,
      extra: { HostId: 'bucket.oss-cn-hangzhou.aliyuncs.com', UploadId: 'ABC' },
    })
    expect(error.message).toBe(
      'UploadPart part 7 of a b: NoSuchUpload (404, request 66A1): The specified upload does not exist. The upload was completed or aborted, or never was',
    )
  })

  it.each<[what: string, body: string, headers: Record<string, string>]>([
    ['XML with a namespace', '<o:Error xmlns:o="x"><o:Code>NoSuchKey</o:Code></o:Error>', {}],
    ['JSON', '{"Error":{"Code":"NoSuchKey","Message":"m","Nested":{"a":1}}}', {}],
    ['flat JSON', ' {"Code":"NoSuchKey"}', {}],
    ['XML in a header', '', { 'x-oss-err': btoa('<Error><Code>NoSuchKey</Code></Error>') }],
    ['a raw control character', '<Error><Code>NoSuchKey</Code><Key>a\x01b</Key></Error>', {}],
  ])('reads %s', (_, body, headers) => {
    expect(read(404, body, headers).code).toBe('NoSuchKey')
  })

  it('reads UTF-8 in the header', () => {
    const document = '<Error><Code>NoSuchKey</Code><Key>中</Key></Error>'
    const encoded = Buffer.from(document).toString('base64')
    expect(read(404, '', { 'x-oss-err': encoded }).extra).toEqual({ Key: '中' })
  })

  it.each([
    [502, '<html><body>Bad gateway</body></html>', 'BadErrorResponse'],
    [502, '<Error><Code></Code></Error>', 'BadErrorResponse'],
    [502, '<Error><Code>two words</Code></Error>', 'BadErrorResponse'],
    [502, '{"Error":7}', 'BadErrorResponse'],
    [502, '{"Error":', 'BadErrorResponse'],
    [404, '', 'BadErrorResponse'],
    [301, 'Moved', 'BadErrorResponse'],
    [304, '', 'NotModified'],
  ])('status %d with %j is %s', (status, body, code) => {
    expect(read(status, body)).toMatchObject({ code, status })
  })

  it('takes a broken x-oss-err for none', () => {
    expect(read(404, '', { 'x-oss-err': '***' }).code).toBe('BadErrorResponse')
  })

  it('takes request id and EC from headers where they are', () => {
    const headers = { 'x-oss-request-id': 'R', 'x-oss-ec': '0026-00000001' }
    expect(read(404, '', headers)).toMatchObject({ requestId: 'R', ec: '0026-00000001' })
  })

  it.each<[body: string, headers: Record<string, string>, serverTime: number | undefined]>([
    [
      '<Error><Code>RequestTimeTooSkewed</Code><ServerTime>2025-01-02T03:04:05.000Z</ServerTime></Error>',
      { date: 'Fri, 24 Feb 2012 06:07:48 GMT' },
      Date.UTC(2025, 0, 2, 3, 4, 5),
    ],
    ['', { date: 'Fri, 24 Feb 2012 06:07:48 GMT' }, Date.UTC(2012, 1, 24, 6, 7, 48)],
    [
      '<Error><Code>X</Code><ServerTime>soon</ServerTime></Error>',
      { date: 'Fri, 24 Feb 2012 06:07:48 GMT' },
      Date.UTC(2012, 1, 24, 6, 7, 48),
    ],
    ['', { date: 'today' }, undefined],
    ['', {}, undefined],
  ])('serverTime of %j, %j', (body, headers, serverTime) => {
    expect(read(403, body, headers).serverTime).toBe(serverTime)
  })

  it.each<[headers: Record<string, string>, retryAfterMs: number | undefined]>([
    [{ 'x-oss-qos-delay-time': '1500' }, 1500],
    [{ 'retry-after': '2' }, 2000],
    [{ 'x-oss-qos-delay-time': '5', 'retry-after': '2' }, 5],
    [{ 'x-oss-qos-delay-time': '-5' }, undefined],
    [{ 'retry-after': 'Fri, 24 Feb 2012 06:07:48 GMT' }, undefined],
    [{ 'retry-after': '99999999999' }, undefined],
    [{}, undefined],
  ])('retryAfterMs of %j', (headers, retryAfterMs) => {
    expect(read(503, '', headers).retryAfterMs).toBe(retryAfterMs)
  })

  it('keeps no secret', () => {
    const error = read(
      403,
      `<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message><OSSAccessKeyId>id-1</OSSAccessKeyId>
       <SignatureProvided>id-2</SignatureProvided><StringToSign>id-3</StringToSign>
       <StringToSignBytes>id-4</StringToSignBytes><CanonicalRequest>id-5</CanonicalRequest>
       <Authorization>id-6</Authorization><HostId>host</HostId></Error>`,
    )
    expect(error.extra).toEqual({ HostId: 'host' })
    expect(JSON.stringify(error) + String(error)).not.toMatch(/id-\d/)
  })

  it('bounds what it keeps of a huge error', () => {
    const fields = Array.from({ length: 500 }, (_, n) => `<F${n}>${'x'.repeat(5000)}</F${n}>`)
    const error = read(500, `<Error><Code>InternalError</Code>${fields.join('')}</Error>`)
    expect(error.code).toBe('InternalError')
    expect(JSON.stringify(error).length).toBeLessThan(100_000)
  })
})

describe('hintFor', () => {
  it.each<[code: string, details: Parameters<typeof hintFor>[1], hint: RegExp]>([
    ['AccessDenied', {}, /permission/],
    ['AccessDenied', { ec: '0003-00000703' }, /request-payer/],
    ['AccessDenied', { extra: { Endpoint: 'oss-cn-x.aliyuncs.com' } }, /use oss-cn-x/],
    ['AccessDenied', { extra: { Endpoint: 'evil <b>' } }, /permission/],
    ['InvalidArgument', { ec: '0002-00000226' }, /region/],
    ['SignatureDoesNotMatch', {}, /access key secret/],
    ['InvalidAccessKeyId', {}, /access key id/],
    ['RequestTimeTooSkewed', {}, /clock/],
    ['NoSuchBucket', {}, /bucket name/],
    ['PublicEndpointForbidden', {}, /cname/],
    ['SecondLevelDomainForbidden', {}, /pathStyle/],
    ['SecurityTokenExpired', {}, /ended/],
    ['FileAlreadyExists', {}, /^Nothing was replaced$/],
    ['UserDisable', {}, /suspended/],
  ])('%s %j', (code, details, hint) => {
    expect(hintFor(code, details)).toMatch(hint)
  })

  it.each(['InternalError', 'constructor', 'toString'])('%s has none', code => {
    expect(hintFor(code, { ec: 'constructor' })).toBeUndefined()
  })
})
