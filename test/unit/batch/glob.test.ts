import { describe, expect, test } from 'vitest'
import { compileGlob } from '../../../src/batch/glob.ts'

/** Which of the paths a glob matches. */
const matched = (glob: string, paths: readonly string[]) => paths.filter(compileGlob(glob))

test.each<[glob: string, paths: string[], expected: string[]]>([
  ['*', ['a', '.a', 'a/b', ''], ['a', '.a', '']],
  ['a*c', ['ac', 'abc', 'abbbc', 'ab', 'a/c'], ['ac', 'abc', 'abbbc']],
  ['*a*b*', ['ab', 'xaxbx', 'ba', 'aab'], ['ab', 'xaxbx', 'aab']],
  ['?', ['a', '😀', 'ab', '/', ''], ['a', '😀']],
  ['a?c', ['abc', 'a/c', 'ac'], ['abc']],
  ['**', ['a', 'a/b', 'a/b/c'], ['a', 'a/b', 'a/b/c']],
  ['a/**', ['a', 'a/b', 'a/b/c', 'b/a/c'], ['a/b', 'a/b/c']],
  ['a/**/**', ['a', 'a/b', 'a/b/c'], ['a/b', 'a/b/c']],
  ['**/a', ['a', 'b/a', 'c/b/a', 'a/b'], ['a', 'b/a', 'c/b/a']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b', 'a/x'], ['a/b', 'a/x/b', 'a/x/y/b']],
  ['a/**/b/**', ['a/b', 'a/b/c', 'a/x/b/y/z'], ['a/b/c', 'a/x/b/y/z']],
  ['a**b', ['ab', 'axb', 'a/b'], ['ab', 'axb']],
  ['*.{jpg,png}', ['a.jpg', 'a.png', 'a.gif'], ['a.jpg', 'a.png']],
  ['{a,b{c,d}}e', ['ae', 'bce', 'bde', 'be', 'abce'], ['ae', 'bce', 'bde']],
  ['a{,b}', ['a', 'ab', 'ac'], ['a', 'ab']],
  ['{a,b}/{c,d}', ['a/c', 'b/d', 'a/b'], ['a/c', 'b/d']],
  ['[a-c]x', ['ax', 'cx', 'dx', '-x'], ['ax', 'cx']],
  ['[!a-c]x', ['ax', 'dx', '!x', '/x'], ['dx', '!x']],
  ['[^a]x', ['ax', 'dx'], ['dx']],
  ['[]a]', [']', 'a', 'b'], [']', 'a']],
  ['[a\\]b]', [']', 'a', '\\'], [']', 'a']],
  ['[a-]', ['a', '-', 'b'], ['a', '-']],
  ['[à-ü]', ['é', 'e'], ['é']],
  ['\\*', ['*', 'a'], ['*']],
  ['\\{a,b\\}', ['{a,b}', 'a'], ['{a,b}']],
  ['a\\/b', ['a/b', 'a\\/b'], ['a/b']],
  ['a\\\\', ['a\\', 'a'], ['a\\']],
])('%s', (glob, paths, expected) => {
  expect(matched(glob, paths)).toEqual(expected)
})

// Names as browsers, cameras and people make them.
test.each([
  'IMG (1).jpg',
  '(draft)',
  'Allegiant (2016)',
  'a|b',
  '!(a)',
  '!a',
  '@(x).y',
  '+(a)',
  '+a',
  '(a)',
  'a+b',
  'a.b',
  '^a$',
  '#a',
  '~a',
  'a&b=c,d;e:f%g',
  '{a}',
  '{1..3}',
  '{',
  '}',
  '{a',
  '[a',
  ']',
  '$HOME',
  '"a"',
  "'a'",
  ' a ',
  'a\nb',
])('%j is the name of one file', name => {
  const others = [
    'a',
    'b',
    'x',
    'IMG 1.jpg',
    'draft',
    'xy',
    'aab',
    '1',
    '2',
    `${name}x`,
    `x${name}`,
  ]
  expect(matched(name, [name, ...others])).toEqual([name])
})

test('every character but the documented ones is literal', () => {
  for (let code = 1; code < 0x250; code++) {
    const character = String.fromCharCode(code)
    if ('*?{[\\/'.includes(character)) continue
    const names = [character, `${character}${character}`, '_', '']
    expect([code, matched(character, names)[0]]).toEqual([code, character])
    expect([code, compileGlob(character)('__')]).toEqual([code, false])
  }
})

describe('mistakes are refused', () => {
  test.each(['[z-a]', 'x[a-cz-b]'])('%s', glob => {
    expect(() => compileGlob(glob)).toThrow('reversed range')
  })

  test('braces that multiply without end', () => {
    expect(() => compileGlob('{a,b}'.repeat(40))).toThrow('more than 1000 alternatives')
  })
})

test('stars do not make a pattern slow', () => {
  // An expression that backtracks from every star would not end within the time limit of a test.
  expect(compileGlob(`${'*a'.repeat(50)}b`)('a'.repeat(5000))).toBe(false)
  expect(compileGlob(`${'**/a/'.repeat(50)}b`)('a/'.repeat(2000))).toBe(false)
})
