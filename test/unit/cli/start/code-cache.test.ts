import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  type Compiled,
  cacheFile,
  filesMax,
  readCache,
  writeCache,
} from '../../../../src/cli/start/code-cache.ts'

const isPosix = process.getuid !== undefined
const of: Compiled = { version: '1.2.3', hash: 'abc', tag: 0xff, command: 'ls' }
const data = new Map([
  ['main.js', Buffer.from('compiled\n')],
  ['engine.js', Buffer.alloc(10_000, 1)],
])
let folder: string
let file: string

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'ossup-code-cache-')), 'cache')
  file = cacheFile(folder, of)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

test('what was written is read, by its owner alone', () => {
  writeCache(folder, file, () => data)
  expect(readCache(folder, file)).toEqual(data)
  expect(readdirSync(folder)).toEqual([basename(file)])
  if (!isPosix) return
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('another version, source, V8 or command has another name', () => {
  const others = [{ version: '1.2.4' }, { hash: 'abd' }, { tag: 0xfe }, { command: 'rm' }]
  const names = [{}, ...others].map(other => cacheFile(folder, { ...of, ...other }))
  expect(new Set(names).size).toBe(5)
  expect(file).toContain(process.version)
})

test('an old one is replaced', () => {
  writeCache(folder, file, () => new Map([['main.js', Buffer.from('old')]]))
  writeCache(folder, file, () => data)
  expect(readCache(folder, file)).toEqual(data)
})

const damages: [what: string, damage: () => void][] = [
  ['absent', () => rmSync(file)],
  ['empty', () => truncateSync(file)],
  ['short', () => truncateSync(file, 36)],
  ['garbage', () => writeFileSync(file, 'garbage '.repeat(100))],
  [
    'one bit off',
    () => {
      const bytes = readFileSync(file)
      bytes.writeUInt8(bytes.readUInt8(34) ^ 1, 34)
      writeFileSync(file, bytes)
    },
  ],
  [
    'a folder',
    () => {
      rmSync(file)
      mkdirSync(file)
    },
  ],
]

test.each(damages)('is not used: %s', (_, damage) => {
  writeCache(folder, file, () => data)
  damage()
  expect(readCache(folder, file)).toBeUndefined()
})

const strangers: [what: string, change: () => void][] = [
  ['a file that the group can write', () => chmodSync(file, 0o660)],
  ['a file that all can write', () => chmodSync(file, 0o602)],
  ['a folder that the group can write', () => chmodSync(folder, 0o770)],
  [
    'a link',
    () => {
      const elsewhere = join(folder, '..', 'elsewhere')
      writeFileSync(elsewhere, readFileSync(file), { mode: 0o600 })
      rmSync(file)
      symlinkSync(elsewhere, file)
    },
  ],
  [
    'a file of somebody else',
    () => {
      const uid = process.getuid?.() ?? 0
      vi.spyOn(process, 'getuid').mockReturnValue(uid + 1)
    },
  ],
]

test.runIf(isPosix).each(strangers)('is not used: %s', (_, change) => {
  writeCache(folder, file, () => data)
  change()
  expect(readCache(folder, file)).toBeUndefined()
})

test.runIf(isPosix)('nothing is written to a folder that others can write', () => {
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  writeCache(folder, file, () => data)
  expect(readdirSync(folder)).toEqual([])
})

test('a folder that cannot be made is no error', () => {
  writeFileSync(folder, '')
  const make = vi.fn(() => data)
  writeCache(folder, file, make)
  expect(make).not.toHaveBeenCalled()
  expect(readCache(folder, file)).toBeUndefined()
  expect(readFileSync(folder, 'utf8')).toBe('')
})

test('what cannot be compiled is no error and leaves nothing behind', () => {
  writeCache(folder, file, () => {
    throw new Error('out of memory')
  })
  expect(readdirSync(folder)).toEqual([])
})

test('where it cannot get its name, nothing is left behind', () => {
  mkdirSync(file, { recursive: true })
  chmodSync(folder, 0o700)
  writeCache(folder, file, () => data)
  expect(readdirSync(folder)).toEqual([basename(file)])
})

test('the oldest go, and nothing that is not ours', () => {
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, 'other'), '')
  utimesSync(join(folder, 'other'), 1, 1)
  const old = Array.from({ length: filesMax + 1 }, (_, i) =>
    cacheFile(folder, { ...of, hash: String(i) }),
  )
  for (const [i, path] of old.entries()) {
    writeFileSync(path, '')
    utimesSync(path, 1000 + i, 1000 + i)
  }
  writeCache(folder, file, () => data)
  const [first = '', second = '', third = ''] = old
  expect([first, second, third, file].map(path => existsSync(path))).toEqual([
    false,
    false,
    true,
    true,
  ])
  expect(existsSync(join(folder, 'other'))).toBe(true)
})
