// A file as a sink: readers see the old or the complete new file, and no other file is touched.

import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastNameOf } from '../../../../../src/download/last-name.ts'
import { openFileSink } from '../../../../../src/runtimes/node/files/file-sink.ts'
import { removeStale, temporaryName } from '../../../../../src/runtimes/node/files/stale-files.ts'

let folder: string
let target: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossup-sink-'))
  target = join(folder, 'file')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const bytes = (text: string) => new TextEncoder().encode(text)

test('bytes in any order become the file at commit, and not before', async () => {
  await writeFile(target, 'the old one')
  const sink = await openFileSink(target, 'key', true)
  await sink.begin({ size: 6 })
  await Promise.all([sink.write(bytes('def'), 3), sink.write(bytes('abc'), 0)])
  expect(await readFile(target, 'utf8')).toBe('the old one')
  await sink.commit()
  expect(await readFile(target, 'utf8')).toBe('abcdef')
  expect(await readdir(folder)).toEqual(['file'])
})

test.skipIf(process.platform === 'win32').each([0o400, 0o600, 0o755, 0o666])(
  'what replaces a file may be read by whom the old one could: mode %o',
  async mode => {
    await writeFile(target, 'the old one')
    await chmod(target, mode)
    const sink = await openFileSink(target, 'key', true)
    await sink.begin({ size: 3 })
    const [temporary = ''] = (await readdir(folder)).filter(name => name !== 'file')
    const meanwhile = (await stat(join(folder, temporary))).mode & 0o777
    expect(meanwhile & ~(mode | 0o200)).toBe(0)
    await sink.write(bytes('new'), 0)
    await sink.commit()
    expect((await stat(target)).mode & 0o777).toBe(mode)
    expect(await readFile(target, 'utf8')).toBe('new')
  },
)

test('a file that appears meanwhile is not replaced', async () => {
  const sink = await openFileSink(target, 'key', false)
  await sink.begin({ size: 3 })
  await sink.write(bytes('abc'), 0)
  await writeFile(target, "another program's")
  await expect(sink.commit()).rejects.toMatchObject({ code: 'TARGET_EXISTS' })
  await sink.discard()
  expect(await readFile(target, 'utf8')).toBe("another program's")
  expect(await readdir(folder)).toEqual(['file'])
})

test('two that write the same file do not meet', async () => {
  const [one, other] = [
    await openFileSink(target, 'k', true),
    await openFileSink(target, 'k', true),
  ]
  await one.begin({ size: 1 })
  await other.begin({ size: 1 })
  await one.write(bytes('1'), 0)
  await other.write(bytes('2'), 0)
  await one.commit()
  await other.discard()
  expect(await readFile(target, 'utf8')).toBe('1')
  expect(await readdir(folder)).toEqual(['file'])
})

test('discard is enough at any time', async () => {
  const sink = await openFileSink(target, 'key', false)
  await sink.discard()
  await sink.begin({ size: 1 })
  await sink.discard()
  await sink.discard()
  expect(await readdir(folder)).toEqual([])
})

test('a removed folder is reported with the given path', async () => {
  const deep = join(folder, 'deep')
  await mkdir(deep)
  const sink = await openFileSink(join(deep, 'file'), 'key', false)
  await rm(deep, { recursive: true })
  await expect(sink.begin({ size: 1 })).rejects.toMatchObject({
    code: 'TARGET_UNWRITABLE',
    message: expect.stringContaining(join(deep, 'file')),
  })
})

test('leftovers are removed if their owner is dead, or after a day if that is unknown', async () => {
  const { name: mine, release } = await temporaryName('file')
  // What another copy of the module left, in this or another process.
  const other = (name: string, nonce: number) =>
    name.replace(/-\w{16}-\w{16}$/, `-${'f'.repeat(16)}-${String(nonce).padStart(16, '0')}`)
  const alive = other(mine, 0)
  const dead = other(mine, 1).replace(/-\d+-(\d+)-/, '-4194303-$1-')
  const elsewhere = other(mine, 2).replace(/^(\.ossup-\w{16}-)\w{16}/, '$10000000000000001')
  const longAgo = elsewhere.replace(/\w{16}$/, '0000000000000003')
  const { name: named } = await temporaryName('another file')
  const another = other(named, 4).replace(/-\d+-(\d+)-/, '-4194303-$1-')
  const kept = [mine, alive, elsewhere, another, '.ossup-x']
  for (const name of [...kept, dead, longAgo]) await writeFile(join(folder, name), '')
  await utimes(join(folder, longAgo), 0, 0)
  await removeStale(folder, 'file')
  expect((await readdir(folder)).sort()).toEqual([...kept].sort())
  // A file that could not be removed when its download failed.
  release()
  await removeStale(folder, 'file')
  expect(await readdir(folder)).not.toContain(mine)
})

test.each([
  ['dir/film.mp4', 'film.mp4'],
  ['a\\b', 'a\\b'],
  ['x:y', 'x:y'],
  ['con', 'con'],
])('the key %s names the file %s; where Windows allows it, there too', (key, name) => {
  expect(lastNameOf(key, false)).toBe(name)
  if (key === 'dir/film.mp4') expect(lastNameOf(key, true)).toBe(name)
  else expect(() => lastNameOf(key, true)).toThrow(/cannot be a file's name/)
})
