import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/errors.ts'
import { type AddressOptions, placeOf, resolveAddress } from '../../../src/oss/endpoint.ts'

const name = 'bucket'
const hangzhou = 'oss://cn-hangzhou/bucket'

describe('resolveAddress', () => {
  it.each<[AddressOptions, region: string, origin: string, path: string, place: string]>([
    [
      { region: 'cn-hangzhou' },
      'cn-hangzhou',
      'https://bucket.oss-cn-hangzhou.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      { region: 'oss-cn-hangzhou', internal: true },
      'cn-hangzhou',
      'https://bucket.oss-cn-hangzhou-internal.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      { region: 'cn-hangzhou', accelerate: true },
      'cn-hangzhou',
      'https://bucket.oss-accelerate.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      { endpoint: 'oss-cn-hangzhou.aliyuncs.com' },
      'cn-hangzhou',
      'https://bucket.oss-cn-hangzhou.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      { endpoint: 'http://OSS-cn-hangzhou-internal.aliyuncs.com:80/' },
      'cn-hangzhou',
      'http://bucket.oss-cn-hangzhou-internal.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      { endpoint: 'cn-hangzhou.oss.aliyuncs.com', region: 'cn-hangzhou' },
      'cn-hangzhou',
      'https://bucket.cn-hangzhou.oss.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      { endpoint: 'oss.aliyuncs.com' },
      'cn-hangzhou',
      'https://bucket.oss.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      { endpoint: 'oss-internal.aliyuncs.com', internal: true },
      'cn-hangzhou',
      'https://bucket.oss-internal.aliyuncs.com',
      '/a//b',
      hangzhou,
    ],
    [
      {
        endpoint: 'oss-accelerate-overseas.aliyuncs.com',
        region: 'eu-central-1',
        accelerate: true,
      },
      'eu-central-1',
      'https://bucket.oss-accelerate-overseas.aliyuncs.com',
      '/a//b',
      'oss://eu-central-1/bucket',
    ],
    [
      { endpoint: 'cb-abc123.cn-beijing.oss-cloudbox.aliyuncs.com' },
      'cb-abc123',
      'https://bucket.cb-abc123.cn-beijing.oss-cloudbox.aliyuncs.com',
      '/a//b',
      'oss-cloudbox://cb-abc123/bucket',
    ],
    [
      { endpoint: 'http://127.0.0.1:9000', region: 'cn-hangzhou' },
      'cn-hangzhou',
      'http://127.0.0.1:9000',
      '/bucket/a//b',
      'http://127.0.0.1:9000/bucket',
    ],
    [
      { endpoint: 'http://[::1]:9000', region: 'cn-hangzhou' },
      'cn-hangzhou',
      'http://[::1]:9000',
      '/bucket/a//b',
      'http://[::1]:9000/bucket',
    ],
    [
      { endpoint: 'localhost:443', region: 'cn-hangzhou' },
      'cn-hangzhou',
      'https://localhost',
      '/bucket/a//b',
      'https://localhost/bucket',
    ],
    [
      { endpoint: 'http://localhost:9000', region: 'cn-hangzhou', pathStyle: false },
      'cn-hangzhou',
      'http://bucket.localhost:9000',
      '/a//b',
      'http://localhost:9000/bucket',
    ],
    [
      { endpoint: 'oss.example.com', region: 'cn-x', pathStyle: true },
      'cn-x',
      'https://oss.example.com',
      '/bucket/a//b',
      'https://oss.example.com/bucket',
    ],
    [
      { endpoint: 'files.example.com', region: 'cn-x', cname: true },
      'cn-x',
      'https://files.example.com',
      '/a//b',
      'https://files.example.com',
    ],
    [
      { endpoint: 'http://10.0.0.1', region: 'cn-x', cname: true },
      'cn-x',
      'http://10.0.0.1',
      '/a//b',
      'http://10.0.0.1',
    ],
  ])('%j', (options, region, origin, path, place) => {
    const address = resolveAddress({ name, ...options })
    expect(address).toMatchObject({ bucket: name, region, origin })
    expect(address.targetFor('a//b')).toBe(path)
    expect(address.targetFor()).toBe(path.slice(0, -'a//b'.length))
    expect(placeOf(address)).toBe(place)
    // The endpoint in the journal gives the same address again.
    const { accelerate: _a, internal: _i, ...rest } = options
    const again = resolveAddress({ name, ...rest, region, endpoint: address.endpoint })
    expect([again.origin, again.region]).toEqual([origin, region])
  })

  it('knows the product of a cloud box', () => {
    const endpoint = 'cb-1.cn-beijing.oss-cloudbox.aliyuncs.com'
    expect(resolveAddress({ name, endpoint }).product).toBe('oss-cloudbox')
    expect(resolveAddress({ name, region: 'cn-beijing' }).product).toBe('oss')
  })

  it('gives no service level to a custom domain, and the same one to every bucket', () => {
    const region = 'cn-x'
    const custom = resolveAddress({ name, region, endpoint: 'a.example.com', cname: true })
    expect(custom.serviceOrigin).toBeUndefined()
    for (const bucket of [undefined, name]) {
      const address = resolveAddress({ ...(bucket && { name: bucket }), region })
      expect(address.serviceOrigin).toBe('https://oss-cn-x.aliyuncs.com')
    }
  })

  it.each<[AddressOptions, code: string, named: RegExp]>([
    [{}, 'INVALID_REGION', /region.*endpoint/],
    [{ region: 'CN_X' }, 'INVALID_REGION', /CN_X/],
    [{ region: '' }, 'INVALID_REGION', /region/],
    [{ endpoint: 'files.example.com', cname: true }, 'INVALID_REGION', /files\.example\.com/],
    [{ endpoint: 'http://127.0.0.1:9000' }, 'INVALID_REGION', /127\.0\.0\.1/],
    [{ endpoint: 'oss-accelerate.aliyuncs.com' }, 'INVALID_REGION', /accelerate/],
    [{ accelerate: true }, 'INVALID_REGION', /region/],
    [{ region: 'cn-x', cname: true }, 'INVALID_ENDPOINT', /cname/],
    [{ endpoint: 'bucket.oss-cn-x.aliyuncs.com' }, 'INVALID_ENDPOINT', /Set endpoint to oss-cn-x/],
    [
      { region: 'cn-x', internal: true, accelerate: true },
      'CONFLICTING_OPTIONS',
      /internal and acc/,
    ],
    [
      { region: 'cn-y', endpoint: 'oss-cn-x.aliyuncs.com' },
      'CONFLICTING_OPTIONS',
      /region and endpoint.*cn-x.*cn-y/,
    ],
    [
      { endpoint: 'oss-cn-x.aliyuncs.com', internal: true },
      'CONFLICTING_OPTIONS',
      /internal and endpoint/,
    ],
    [
      { endpoint: 'oss-cn-x.aliyuncs.com', accelerate: true },
      'CONFLICTING_OPTIONS',
      /accelerate and endpoint/,
    ],
    [
      { endpoint: 'oss-cn-x.aliyuncs.com', cname: true },
      'CONFLICTING_OPTIONS',
      /cname and endpoint/,
    ],
    [
      { endpoint: 'a.example.com', region: 'cn-x', cname: true, internal: true },
      'CONFLICTING_OPTIONS',
      /cname and internal/,
    ],
    [
      { endpoint: 'a.example.com', region: 'cn-x', cname: true, accelerate: true },
      'CONFLICTING_OPTIONS',
      /cname and accelerate/,
    ],
    [
      { endpoint: 'a.example.com', region: 'cn-x', cname: true, pathStyle: true },
      'CONFLICTING_OPTIONS',
      /cname and pathStyle/,
    ],
    [
      { endpoint: '127.0.0.1', region: 'cn-x', pathStyle: false },
      'CONFLICTING_OPTIONS',
      /pathStyle and endpoint/,
    ],
  ])('refuses %j', (options, code, named) => {
    const attempt = () => resolveAddress({ name, ...options })
    expect(attempt).toThrow(OptionError)
    expect(attempt).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(named) }),
    )
  })

  it.each([
    '',
    'ftp://a.example.com',
    'https://',
    'https://a.example.com/path',
    'https://a.example.com?x=1',
    'https://user:secret@a.example.com',
    'a..example.com',
    'a b',
    'a.example.com:0',
    'a.example.com:65536',
    'a.example.com:x',
    '.example.com',
    'a.example.com\n',
  ])('refuses the endpoint %j', endpoint => {
    expect(() => resolveAddress({ name, region: 'cn-x', endpoint })).toThrow(
      expect.objectContaining({ code: 'INVALID_ENDPOINT' }),
    )
  })
})

describe('an endpoint that no URL can hold', () => {
  it.each([
    'http://192.168.1.300:9000',
    '10.0.1',
    '127.1',
    'host.123',
    '[:::]',
    'xn--a',
    'bucket.127.1',
    '0x7f.1',
  ])('%s is refused', endpoint => {
    expect(() => resolveAddress({ name, region: 'cn-x', endpoint })).toThrow(
      expect.objectContaining({ code: 'INVALID_ENDPOINT' }),
    )
  })

  it.each(['http://user:hunter2@host', 'user:hunter2@host:80', 'http://user:hun/ter2@host/x'])(
    'a login in %s is refused and not quoted',
    endpoint => {
      const refused = () => resolveAddress({ name, region: 'cn-x', endpoint })
      expect(refused).toThrow(/^endpoint is "[^"]*…@host/)
      expect(refused).not.toThrow(/hun|ter2|user/)
    },
  )

  it.each([
    'bucket.oss-cn-hangzhou.aliyuncs.com',
    'bucket.cn-hangzhou.oss.aliyuncs.com',
    'bucket.oss-accelerate.aliyuncs.com',
  ])('%s contains the bucket', endpoint => {
    expect(() => resolveAddress({ name, region: 'cn-hangzhou', endpoint })).toThrow(
      /contains the bucket/,
    )
  })
})
