// How strings from outside are parsed: command lines, error messages, ids.

import { describe, expect, test } from 'vitest'
import { masked, shortId } from '../../../../../src/runtimes/node/credentials/masked.ts'
import { wordsOf } from '../../../../../src/runtimes/node/credentials/words.ts'

describe('wordsOf', () => {
  test.each<[line: string, words: string[] | undefined]>([
    ['', []],
    ['  get-keys   --for me ', ['get-keys', '--for', 'me']],
    [`a "b c" 'd "e' f\\ g`, ['a', 'b c', 'd "e', 'f g']],
    ['a "" b', ['a', '', 'b']],
    ['a"b"\'c\'', ['abc']],
    [`"a\\"b" "c\\d" '\\'`, ['a"b', 'c\\d', '\\']],
    ['$HOME|cat *', ['$HOME|cat', '*']],
    ['a "b', undefined],
    ["a 'b", undefined],
  ])('%s', (line, words) => {
    expect(wordsOf(line, false)).toEqual(words)
  })

  test('on Windows a backslash is part of a path', () => {
    expect(wordsOf('C:\\tools\\get.exe "C:\\my tools\\a" "b\\"c"', true)).toEqual([
      'C:\\tools\\get.exe',
      'C:\\my tools\\a',
      'b"c',
    ])
  })
})

describe('masked', () => {
  test.each([
    'LTAI5tExampleExampleExamp',
    '30charactersOfSecretXyz0123456',
    'CAISjgJ1q6Ft5B2yfSjIr5bkE9nRg+0Z/bWEfE7hkEg+Z9lPl6bAszz2IHlMe3hsA',
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl',
    'abcdef0123456789abcdef0123456789',
  ])('takes out %s', secret => {
    for (const text of [secret, `key=${secret}`, `"${secret}"`, `bad ${secret}: no`]) {
      expect(masked(text)).not.toContain(secret.slice(0, 12))
    }
  })

  test('leaves words and shows one line, its end', () => {
    expect(masked('no such\n  file: /usr/bin/get-credentials')).toBe(
      'no such file: /usr/bin/get-credentials',
    )
    expect(masked(`${'far away '.repeat(100)}the end`, 16)).toBe('…far away the end')
  })
})

test.each([
  ['LTAI5tExampleExampleExamp', 'LTAI…xamp'],
  ['STS.id1', 'ST…d1'],
])('%s is shown as %s', (id, short) => {
  expect(shortId(id)).toBe(short)
})
