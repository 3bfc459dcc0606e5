import { describe, expect, test } from 'vitest'
import { type Globs, selectionOf } from '../../../src/batch/selection.ts'

const files = [
  'a.jpg',
  'b.txt',
  '.hidden',
  'logs/today.log',
  'logs/old/1.log',
  'src/logs/x.log',
  'src/a.jpg',
  'src/[1].jpg',
  'node_modules/x/index.js',
  'back\\slash.jpg',
]

/** The files that remain after a walk that skips excluded folders. */
function selected(globs: Globs): string[] {
  const selection = selectionOf(globs)
  return files.filter(file => {
    const folders = file.split('/').slice(0, -1)
    const isReached = folders.every((_, index) =>
      selection.entersFolder(folders.slice(0, index + 1).join('/')),
    )
    return isReached && selection.hasFile(file)
  })
}

const without = (...left: string[]) => files.filter(file => !left.includes(file))

describe('include', () => {
  test.each<[Globs['include'], string[]]>([
    [undefined, files],
    [[], files],
    ['*.jpg', ['a.jpg', 'src/a.jpg', 'src/[1].jpg', 'back\\slash.jpg']],
    ['/*.jpg', ['a.jpg', 'back\\slash.jpg']],
    ['src/*.jpg', ['src/a.jpg', 'src/[1].jpg']],
    ['logs', ['logs/today.log', 'logs/old/1.log', 'src/logs/x.log']],
    ['/logs', ['logs/today.log', 'logs/old/1.log']],
    ['logs/', ['logs/today.log', 'logs/old/1.log', 'src/logs/x.log']],
    ['logs/**', ['logs/today.log', 'logs/old/1.log']],
    ['logs/*', ['logs/today.log', 'logs/old/1.log']],
    ['**/*.log', ['logs/today.log', 'logs/old/1.log', 'src/logs/x.log']],
    ['.*', ['.hidden']],
    ['src/\\[1\\].jpg', ['src/[1].jpg']],
    [
      ['b.txt', '*.{js,log}'],
      ['b.txt', 'logs/today.log', 'logs/old/1.log', 'src/logs/x.log', 'node_modules/x/index.js'],
    ],
  ])('%j', (include, expected) => {
    expect(selected(include === undefined ? {} : { include })).toEqual(expected)
  })
})

describe('exclude', () => {
  test.each<[Globs['exclude'], string[]]>([
    ['node_modules', without('node_modules/x/index.js')],
    ['*.log', without('logs/today.log', 'logs/old/1.log', 'src/logs/x.log')],
    ['/logs', without('logs/today.log', 'logs/old/1.log')],
    ['logs/**/1.log', without('logs/old/1.log')],
    ['!a.jpg', files],
  ])('%j', (exclude, expected) => {
    expect(selected({ exclude: exclude ?? [] })).toEqual(expected)
  })

  test('it beats include', () => {
    expect(selected({ include: '*.jpg', exclude: 'src' })).toEqual(['a.jpg', 'back\\slash.jpg'])
  })
})

test.each(['', '/', '../x', './x', 'a/../b', 'a//b', '[z-a]'])('%j is refused', glob => {
  expect(() => selectionOf({ include: glob })).toThrow(
    expect.objectContaining({ code: 'INVALID_INCLUDE' }),
  )
  expect(() => selectionOf({ exclude: [glob] })).toThrow(
    expect.objectContaining({ code: 'INVALID_EXCLUDE' }),
  )
})
