import { expect, test } from 'vitest'
import {
  formatAddress,
  parseAddress,
  parseObjectAddress,
} from '../../../../src/cli/args/address.ts'
import { UsageError } from '../../../../src/cli/args/usage-error.ts'

test.each([
  ['oss://bucket', 'bucket', ''],
  ['oss://bucket/', 'bucket', ''],
  ['oss://bucket/dir/key', 'bucket', 'dir/key'],
  ['oss://bucket//a', 'bucket', '/a'],
  ['oss://bucket/a//b', 'bucket', 'a//b'],
  ['oss://bucket/../x', 'bucket', '../x'],
  ['oss://bucket/./x/.', 'bucket', './x/.'],
  ['oss://bucket/x y+z%2F', 'bucket', 'x y+z%2F'],
  ['oss://bucket/日本語/ü😀', 'bucket', '日本語/ü😀'],
  ['oss://bucket/-', 'bucket', '-'],
  ['oss://bucket/a?b=c#d', 'bucket', 'a?b=c#d'],
  ['oss://bucket/a\nb', 'bucket', 'a\nb'],
  ['oss://bucket/dir/', 'bucket', 'dir/'],
])('%j keeps bucket and key byte for byte', (given, bucket, key) => {
  expect(parseAddress(given)).toEqual({ bucket, key })
})

test.each(['bucket/key', 'oss:/bucket/key', 'oss://', 'oss:///key', 'OSS://bucket/key', ''])(
  '%j is no address',
  given => {
    expect(() => parseAddress(given)).toThrow(UsageError)
  },
)

test('an object needs a key', () => {
  expect(() => parseObjectAddress('oss://bucket/')).toThrow('names no object')
})

test('a key cannot draw on the terminal', () => {
  expect(formatAddress({ bucket: 'b', key: 'a\nb' })).toBe('oss://b/a\\x0ab')
  expect(formatAddress({ bucket: 'b', key: 'a\x1b[2J\rü' })).toBe('oss://b/a\\x1b[2J\\x0dü')
})
