import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/errors.ts'
import { canonicalQuery, encodeKey, encodeQuery } from '../../../src/oss/encode.ts'

describe('encodeKey', () => {
  it.each([
    ['plain/key-1_2.~txt', 'plain/key-1_2.~txt'],
    ['a//b/../c/./d', 'a//b/../c/./d'],
    ['x y+z%2F', 'x%20y%2Bz%252F'],
    ["!'()*", '%21%27%28%29%2A'],
    ['中文/😀', '%E4%B8%AD%E6%96%87/%F0%9F%98%80'],
    ['\0\x01\n\x7f', '%00%01%0A%7F'],
    ['a?b#c&d=e', 'a%3Fb%23c%26d%3De'],
    ['', ''],
  ])('%j', (key, encoded) => {
    expect(encodeKey(key)).toBe(encoded)
  })

  it('refuses half a surrogate pair', () => {
    expect(() => encodeKey('a\ud800')).toThrow(OptionError)
  })
})

describe('encodeQuery', () => {
  it.each([
    ['a/b', 'a%2Fb'],
    ['a b', 'a%20b'],
    ['~-_.', '~-_.'],
  ])('%j', (text, encoded) => {
    expect(encodeQuery(text)).toBe(encoded)
  })
})

describe('canonicalQuery', () => {
  it.each([
    [{}, ''],
    [{ uploads: '' }, 'uploads'],
    [{ b: '1', a: '' }, 'a&b=1'],
    [{ 'a=': 'x', a1: '2', a: '1' }, 'a=1&a%3D=x&a1=2'],
    [{ é: '1', z: '2', Z: '3', '+': '4' }, '%2B=4&%C3%A9=1&Z=3&z=2'],
  ])('%j', (query, text) => {
    expect(canonicalQuery(query)).toBe(text)
  })
})
