import { describe, expect, test } from 'vitest'
import { parseProxy } from '../../../../../src/runtimes/node/http/http-proxy.ts'
import { isLoopback, noProxyMatcher } from '../../../../../src/runtimes/node/http/no-proxy.ts'
import { environmentProxy, fixedProxy } from '../../../../../src/runtimes/node/http/proxy-choice.ts'

const chosen = (env: Record<string, string>, url: string) => {
  const proxy = environmentProxy(env)(new URL(url))
  return proxy && `${proxy.from} ${proxy.name}`
}
const oss = 'https://bucket.oss-cn-hangzhou.aliyuncs.com'

describe('a proxy of the environment', () => {
  test.each([
    [{}, oss, undefined],
    [{ HTTPS_PROXY: 'http://p:3128' }, oss, 'HTTPS_PROXY http://p:3128'],
    [{ https_proxy: 'http://low', HTTPS_PROXY: 'http://up' }, oss, 'https_proxy http://low'],
    [{ https_proxy: '', HTTPS_PROXY: 'http://up' }, oss, undefined],
    [{ HTTPS_PROXY: '', ALL_PROXY: 'http://all' }, oss, 'ALL_PROXY http://all'],
    [{ HTTP_PROXY: 'http://plain' }, oss, undefined],
    [{ HTTP_PROXY: 'http://plain' }, 'http://oss.example', 'HTTP_PROXY http://plain'],
    [{ HTTPS_PROXY: 'http://p' }, 'http://oss.example', undefined],
    [{ HTTP_PROXY: 'http://forged', REQUEST_METHOD: 'GET' }, 'http://oss.example', undefined],
    [{ all_proxy: 'p:8080' }, 'http://oss.example', 'all_proxy http://p:8080'],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'aliyuncs.com' }, oss, undefined],
    [
      { HTTPS_PROXY: 'http://p', no_proxy: '', NO_PROXY: 'aliyuncs.com' },
      oss,
      'HTTPS_PROXY http://p',
    ],
    [{ HTTPS_PROXY: 'socks5://p', NO_PROXY: '*' }, oss, undefined],
    [{ ALL_PROXY: 'http://p' }, 'http://127.0.0.1:9000', undefined],
    [{ ALL_PROXY: 'http://p' }, 'http://localhost:9000', undefined],
    [{ ALL_PROXY: 'http://p' }, 'http://bucket.localhost:9000', undefined],
    [{ ALL_PROXY: 'http://p' }, 'https://[::1]:9000', undefined],
  ])('%j for %s: %s', (env, url, expected) => expect(chosen(env, url)).toBe(expected))

  test('an unusable one is reported when it would be used', () => {
    const choice = environmentProxy({ HTTPS_PROXY: 'socks5://user:secret@p:1080' })
    expect(choice(new URL('http://oss.example'))).toBeUndefined()
    expect(() => choice(new URL(oss))).toThrow(/HTTPS_PROXY names a proxy of the kind socks5/)
  })
})

test('a given proxy is for all hosts but this machine', () => {
  const choice = fixedProxy('http://p:3128')
  expect(choice(new URL(oss))?.name).toBe('http://p:3128')
  expect(choice(new URL('http://127.8.0.1'))).toBeUndefined()
})

describe('NO_PROXY', () => {
  test.each([
    ['example.com', 'example.com', true],
    ['example.com', 'a.b.example.com', true],
    ['example.com', 'notexample.com', false],
    ['.example.com', 'example.com', true],
    ['*.example.com', 'a.example.com', true],
    ['Example.COM.', 'a.example.com', true],
    ['other, example.com', 'example.com', true],
    ['other example.com', 'example.com', true],
    ['example.com:443', 'example.com', true],
    ['example.com:8443', 'example.com', false],
    ['*', 'anything', true],
    ['', 'anything', false],
    [',', 'anything', false],
    ['.', 'anything', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3:443', '10.1.2.3', true],
    ['10.1.2.3:80', '10.1.2.3', false],
    ['10.1.0.0/16', '10.1.255.255', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['10.1.0.0/16', 'a10.1.0.0', false],
    ['10.1.0.0/99', '10.1.0.0', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['fe80::1', 'fe80::1', true],
    ['[fe80::1]:443', 'fe80::1', true],
    ['[fe80::1]:80', 'fe80::1', false],
  ])('%j and %s: %s', (list, host, expected) => {
    expect(noProxyMatcher(list)({ host, port: 443 })).toBe(expected)
  })

  test.each(['localhost', 'a.localhost', '127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1'])(
    '%s is loopback',
    host => expect(isLoopback(host)).toBe(true),
  )
  test.each(['localhost.example', '128.0.0.1', '::2', '0.0.0.0'])('%s is not', host =>
    expect(isLoopback(host)).toBe(false),
  )
})

describe("a proxy's address", () => {
  const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`
  test.each([
    ['p', { host: 'p', port: 80, isSecure: false, name: 'http://p' }],
    ['http://p:3128/', { host: 'p', port: 3128 }],
    ['https://p', { host: 'p', port: 443, isSecure: true, name: 'https://p' }],
    ['http://[::1]:3128', { host: '::1', port: 3128, name: 'http://[::1]:3128' }],
    ['http://p', { authorization: undefined }],
    ['http://u:a%40b@p:1', { authorization: basic('u:a@b'), name: 'http://p:1' }],
    ['u:100%@p:1', { authorization: basic('u:100%'), name: 'http://p:1' }],
    ['http://u@p', { authorization: basic('u:') }],
    ['http://ü:中@p', { authorization: basic('ü:中') }],
  ])('%s', (text, expected) => expect(parseProxy(text, 'X')).toMatchObject(expected))

  test.each([
    'http://',
    'http://u:secret@',
    'socks5://u:secret@p',
    'p:port:secret',
    'file:///secret',
  ])('%s is no proxy, and is not repeated', text => {
    const parse = () => parseProxy(text, 'HTTPS_PROXY')
    expect(parse).toThrow(/^HTTPS_PROXY /)
    expect(parse).not.toThrow(/secret/)
  })
})
