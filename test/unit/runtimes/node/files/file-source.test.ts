import { execFileSync } from 'node:child_process'
import {
  chmod,
  mkdtemp,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Source } from '../../../../../src/ports.ts'
import { openFileSource } from '../../../../../src/runtimes/node/files/file-source.ts'
import { openSource } from '../../../../../src/runtimes/node/files/open-source.ts'

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ossup-source-'))
  path = join(directory, 'file.txt')
  await writeFile(path, '0123456789')
})
afterEach(() => rm(directory, { recursive: true }))

async function read(source: Pick<Source, 'read'>) {
  const into = new Uint8Array(100)
  return new TextDecoder().decode(into.subarray(0, await source.read(into, 0)))
}

/** File times have a grain, within which a change shows no difference. */
async function untilStampsMove() {
  const { ctimeNs } = await stat(path, { bigint: true })
  const probe = join(directory, 'probe')
  do await writeFile(probe, '')
  while ((await stat(probe, { bigint: true })).ctimeNs <= ctimeNs)
}

const open = (at: string) => openFileSource(at)

describe('a file', () => {
  test('has the name as given and the absolute path as id', async () => {
    const given = relative(process.cwd(), path)
    const source = await open(given)
    expect([source.name, source.id]).toEqual([given, resolve(path)])
    await source.close()
  })

  test('reads ranges, several at once, and 0 at the end', async () => {
    const source = await open(path)
    const found = await Promise.all(
      [0, 3, 9, 10, 999].map(async position => {
        const into = new Uint8Array(4)
        return Buffer.from(into.subarray(0, await source.read(into, position))).toString()
      }),
    )
    expect(found).toEqual(['0123', '3456', '9', '', ''])
    await source.close()
  })

  test('identity is size and times in nanoseconds', async () => {
    const source = await open(path)
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true })
    const identity = await source.identity()
    expect(identity).toMatchObject({
      size: Number(size),
      mtimeNs: String(mtimeNs),
      ctimeNs: String(ctimeNs),
    })
    expect([undefined, String(ino)]).toContain(identity.inode)
    expect(Object.keys(identity)).not.toContain('dev')
    await source.close()
  })

  test.each([
    { change: 'growing', by: () => writeFile(path, 'more', { flag: 'a' }) },
    { change: 'shrinking', by: () => truncate(path, 3) },
    { change: 'editing in place', by: () => writeFile(path, '9876543210') },
    {
      change: 'editing in place and setting the time back',
      async by() {
        const { atime, mtime } = await stat(path)
        await writeFile(path, '9876543210')
        await utimes(path, atime, mtime)
      },
    },
    { change: 'changing the mode', by: () => chmod(path, 0o640) },
  ])('$change changes the identity', async ({ by }) => {
    const source = await open(path)
    const before = await source.identity()
    await untilStampsMove()
    await by()
    expect(await source.identity()).not.toEqual(before)
    await source.close()
  })

  test('follows the path to the file that took its place', async () => {
    const source = await open(path)
    const before = await source.identity()
    const other = join(directory, 'other')
    await writeFile(other, 'abcdefghij')
    await rename(other, path)
    expect(await read(source)).toBe('0123456789')
    expect(await source.identity()).not.toEqual(before)
    expect(await read(source)).toBe('abcdefghij')
    await source.close()
  })

  test('is missing once the path leads nowhere', async () => {
    const source = await open(path)
    await rm(path)
    await expect(source.identity()).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    await source.close()
  })

  test('a close lets reads under way finish', async () => {
    const source = await open(path)
    const reading = read(source)
    await source.close()
    expect(await reading).toBe('0123456789')
    await expect(read(source)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
  })

  test('opens what a link leads to, and an empty file', async () => {
    const link = join(directory, 'link')
    await symlink(path, link)
    const source = await open(link)
    expect(await read(source)).toBe('0123456789')
    await source.close()
    await writeFile(path, '')
    const empty = await open(path)
    expect(await empty.identity()).toMatchObject({ size: 0 })
    await empty.close()
  })

  test.each([
    { what: 'a missing file', at: () => `${path}.not`, code: 'SOURCE_MISSING' },
    { what: 'a path below a file', at: () => `${path}/x`, code: 'SOURCE_MISSING' },
    { what: 'a directory', at: () => directory, code: 'SOURCE_NOT_A_FILE' },
    { what: 'a device', at: () => '/dev/null', code: 'SOURCE_NOT_A_FILE' },
    {
      what: 'a name that is too long',
      at: () => `${path}${'x'.repeat(300)}`,
      code: 'SOURCE_MISSING',
    },
  ])('$what: $code', async ({ at, code }) => {
    await expect(open(at())).rejects.toMatchObject({ name: 'SourceError', code })
  })

  test.skipIf(process.platform === 'win32')('a link that leads back to itself', async () => {
    const link = join(directory, 'circle')
    await symlink('circle', link)
    const refusal = { code: 'SOURCE_UNREADABLE', hint: expect.stringContaining('symbolic link') }
    await expect(open(link)).rejects.toMatchObject(refusal)
    await expect(openSource(link)).rejects.toMatchObject(refusal)
  })

  test('a missing file whose name has U+FFFD: the hint says what that means', async () => {
    await expect(open(`${path}\ufffd`)).rejects.toMatchObject({
      hint: expect.stringContaining('UTF-8'),
    })
  })

  test.runIf(process.platform === 'linux')('a file that hides its size is refused', async () => {
    await expect(open('/proc/self/status')).rejects.toMatchObject({
      code: 'SOURCE_NOT_A_FILE',
    })
  })

  test.skipIf(process.platform === 'win32')(
    'a FIFO is refused without waiting for it',
    async () => {
      const fifo = join(directory, 'fifo')
      execFileSync('mkfifo', [fifo])
      await expect(open(fifo)).rejects.toMatchObject({ code: 'SOURCE_NOT_A_FILE' })
    },
  )
})
