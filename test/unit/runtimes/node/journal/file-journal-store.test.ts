import { execFileSync } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JournalStore } from '../../../../../src/ports.ts'
import type { WriteOnce } from '../../../../../src/runtimes/node/journal/file-journal.ts'
import { fileJournalStore } from '../../../../../src/runtimes/node/journal/file-journal-store.ts'
import { bundleChild, startChild } from '../child-process.ts'
import { record } from '../children/record.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ossup-journal-'))
})
afterEach(() => rm(directory, { recursive: true }))

const bytes = (text: string) => new TextEncoder().encode(text)
const onPosix = test.skipIf(process.platform === 'win32')

onPosix('the folder and the files are for this user alone', async () => {
  const store = fileJournalStore(join(directory, 'new', 'folder'))
  const journal = await store.open('a')
  await journal.append(bytes('x'))
  const modeOf = async (...path: string[]) =>
    (await stat(join(directory, 'new', ...path))).mode & 0o777
  expect(await modeOf()).toBe(0o700)
  expect(await modeOf('folder')).toBe(0o700)
  const entries = await readdir(store.location)
  expect(entries.sort()).toEqual(['a.journal', 'a.lock.1'])
  for (const entry of entries) expect(await modeOf('folder', entry)).toBe(0o600)
  await journal.replace(bytes('y'))
  expect(await modeOf('folder', 'a.journal')).toBe(0o600)
  await journal.close()
})

onPosix('an existing folder keeps its mode', async () => {
  await chmod(directory, 0o750)
  await (await fileJournalStore(directory).open('a')).close()
  expect((await stat(directory)).mode & 0o777).toBe(0o750)
})

test('an empty journal leaves nothing behind, a removed one neither', async () => {
  const store = fileJournalStore(directory)
  await (await store.open('a')).close()
  expect(await readdir(directory)).toEqual([])
  const journal = await store.open('a')
  await journal.append(bytes('x'))
  await journal.remove()
  await journal.close()
  expect(await readdir(directory)).toEqual([])
})

test('what a power cut leaves of a new journal, an empty file, is taken away', async () => {
  await writeFile(join(directory, 'a.journal'), '')
  const store = fileJournalStore(directory)
  expect(await store.read('a')).toBe(undefined)
  await (await store.open('a')).close()
  expect(await readdir(directory)).toEqual([])
})

test('half of a replace is taken away by the next owner, of its own journal only', async () => {
  const mine = `a.journal.${'0'.repeat(16)}.tmp`
  const other = `a.journal.b.journal.${'0'.repeat(16)}.tmp`
  await writeFile(join(directory, mine), 'half')
  await writeFile(join(directory, other), 'half')
  await (await fileJournalStore(directory).open('a')).close()
  expect(await readdir(directory)).toEqual([other])
})

test.each([
  { what: 'a folder below a file', place: 'file/folder', code: 'JOURNAL_UNWRITABLE' },
  { what: 'a file for a folder', place: 'file', code: 'JOURNAL_UNWRITABLE' },
])('$what: $code before anything is appended', async ({ place, code }) => {
  await writeFile(join(directory, 'file'), '')
  const store = fileJournalStore(join(directory, place))
  const failure = await store.open('a').catch(error => error)
  expect(failure).toMatchObject({ name: 'JournalError', code })
  expect(failure.message).toContain(store.location)
  expect(failure.hint).toContain('checkpointDir')
})

test.runIf(process.platform === 'linux')(
  'a folder without write permission is reported',
  async () => {
    await expect(fileJournalStore('/proc/ossup').open('a')).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    })
  },
)

test('a journal that cannot be read is an error, never an empty journal', async () => {
  const store = fileJournalStore(directory)
  await mkdir(join(directory, 'a.journal'))
  await expect(store.open('a')).rejects.toMatchObject({ code: 'JOURNAL_UNTRUSTED' })
  await expect(store.read('a')).rejects.toMatchObject({ code: 'JOURNAL_UNTRUSTED' })
  expect(await readdir(directory)).toEqual(['a.journal'])
  await writeFile(join(directory, 'file'), '')
  await expect(fileJournalStore(join(directory, 'file')).list()).rejects.toMatchObject({
    code: 'JOURNAL_UNREADABLE',
  })
})

describe.skipIf(process.platform === 'win32')('a folder that is deleted under an owner', () => {
  const openWith = async (text: string) => {
    const store = fileJournalStore(join(directory, 'folder'))
    const journal = await store.open('a')
    await journal.append(bytes(text))
    await journal.sync()
    return { store, journal }
  }

  const textOf = async (store: JournalStore) =>
    Buffer.from((await store.read('a')) ?? []).toString()

  test('is there again, with all that was in it, after the next sync', async () => {
    const { store, journal } = await openWith('one\n')
    await rm(store.location, { recursive: true })
    await journal.append(bytes('two\n'))
    await journal.sync()
    await journal.append(bytes('three\n'))
    expect(await textOf(store)).toBe('one\ntwo\nthree\n')
    await expect(store.open('a')).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
    await rm(store.location, { recursive: true })
    await journal.append(bytes('four\n'))
    await Promise.all([journal.sync(), journal.append(bytes('five\n')), journal.sync()])
    await journal.close()
    expect(await readdir(store.location)).toEqual(['a.journal'])
    expect(await textOf(store)).toBe('one\ntwo\nthree\nfour\nfive\n')
  })

  test('is there again when it closes, and not when it was done', async () => {
    const { store, journal } = await openWith('one\n')
    await rm(store.location, { recursive: true })
    await journal.close()
    expect(await textOf(store)).toBe('one\n')
    const again = await store.open('a')
    await rm(store.location, { recursive: true })
    await again.remove()
    await again.close()
    expect(await readdir(store.location)).toEqual([])
  })

  test('only the journal: it is created again', async () => {
    const { store, journal } = await openWith('one\n')
    await rm(join(store.location, 'a.journal'))
    await journal.sync()
    expect(await textOf(store)).toBe('one\n')
    await journal.close()
  })

  test.each(['runs', 'has stopped'])('and another owner that %s: LOCK_LOST', async then => {
    const { store, journal } = await openWith('one\n')
    await rm(store.location, { recursive: true })
    const other = await store.open('a')
    await other.append(bytes('other\n'))
    if (then === 'has stopped') await other.close()
    await journal.append(bytes('two\n'))
    const lost = { code: 'LOCK_LOST' }
    await expect(journal.sync()).rejects.toMatchObject(lost)
    await expect(journal.remove()).rejects.toMatchObject(lost)
    await journal.close()
    expect(await textOf(store)).toBe('other\n')
    await other.close()
    expect(await readdir(store.location)).toEqual(['a.journal'])
  })

  test('where nothing can be put in its place: JOURNAL_GONE', async () => {
    const { store, journal } = await openWith('one\n')
    await rm(store.location, { recursive: true })
    await writeFile(store.location, '')
    await expect(journal.sync()).rejects.toMatchObject({
      code: 'JOURNAL_GONE',
      hint: expect.stringContaining('`adopt`'),
    })
    await journal.close().catch(() => {})
  })
})

/** Writes at most that many bytes in total. */
function diskOf(size: number): { write: WriteOnce; room: number } {
  const disk: { write: WriteOnce; room: number } = {
    room: size,
    async write(file, bytes) {
      if (disk.room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      const { bytesWritten } = await file.write(bytes.subarray(0, disk.room))
      disk.room -= bytesWritten
      return bytesWritten
    },
  }
  return disk
}

test('a write cut short by a full disk is cut off again, and the next one fits behind', async () => {
  const disk = diskOf(12)
  const store = fileJournalStore(directory, { write: disk.write })
  const journal = await store.open('a')
  await journal.append(bytes('one whole\n'))
  await expect(journal.append(bytes('torn\n'))).rejects.toMatchObject({ code: 'JOURNAL_FULL' })
  await expect(journal.append(bytes('none\n'))).rejects.toMatchObject({ code: 'JOURNAL_FULL' })
  expect(await readFile(join(directory, 'a.journal'), 'utf8')).toBe('one whole\n')
  disk.room = 100
  await journal.append(bytes('two\n'))
  expect(await readFile(join(directory, 'a.journal'), 'utf8')).toBe('one whole\ntwo\n')
  await journal.close()
})

test('a short write is not cut off where another owner has written behind it', async () => {
  const write: WriteOnce = async (file, bytes) => {
    const { bytesWritten } = await file.write(bytes.subarray(0, 2))
    await writeFile(join(directory, 'a.journal'), 'another', { flag: 'a' })
    return bytesWritten
  }
  const journal = await fileJournalStore(directory, { write }).open('a')
  await expect(journal.append(bytes('torn'))).rejects.toMatchObject({ code: 'JOURNAL_FULL' })
  expect(await readFile(join(directory, 'a.journal'), 'utf8')).toBe('toanother')
  await journal.close()
})

test('a truncated journal stays usable: appends go to its end', async () => {
  const journal = await fileJournalStore(directory).open('a')
  await journal.append(bytes('0123456789'))
  await truncate(join(directory, 'a.journal'), 4)
  await journal.append(bytes('x'))
  expect(await readFile(join(directory, 'a.journal'), 'utf8')).toBe('0123x')
  await journal.close()
})

test('a really full disk gives JOURNAL_FULL and leaves whole records', async context => {
  const disk = join(directory, 'disk')
  await mkdir(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    context.skip('needs the right to mount')
  }
  try {
    const journal = await fileJournalStore(disk).open('a')
    const line = bytes(`${'x'.repeat(999)}\n`)
    const appendAll = async () => {
      for (let index = 0; index < 100; index += 1) await journal.append(line)
    }
    await expect(appendAll()).rejects.toMatchObject({ code: 'JOURNAL_FULL' })
    const { size } = await stat(join(disk, 'a.journal'))
    expect(size).toBeGreaterThan(0)
    expect(size % 1000).toBe(0)
    await expect(journal.replace(new Uint8Array(100_000))).rejects.toMatchObject({
      code: 'JOURNAL_FULL',
    })
    expect((await stat(join(disk, 'a.journal'))).size).toBe(size)
    await journal.close()
    expect(await readdir(disk)).toEqual(['a.journal'])
  } finally {
    // Lazily: a check that failed has left the journal open.
    execFileSync('umount', ['-l', disk])
  }
})

test('a process killed at any moment leaves whole records, none that was acknowledged missing', async () => {
  const script = await bundleChild('append-forever', directory)
  const folder = join(directory, 'journals')
  let acknowledged = -1
  for (let kill = 0; kill < 8; kill += 1) {
    const child = startChild(script, folder)
    const enough = acknowledged + 1 + kill * 13
    while (acknowledged < enough) acknowledged = Number(await child.next())
    await child.kill()
    for (let more = child.next(); ; more = child.next()) {
      const index = await more.catch(() => undefined)
      if (index === undefined) break
      acknowledged = Number(index)
    }
    const text = await readFile(join(folder, 'a.journal'), 'utf8')
    const count = text.split('\n').length - 1
    expect(text).toBe(Array.from({ length: count }, (_, index) => record(index)).join(''))
    expect(count).toBeGreaterThan(acknowledged)
  }
})

test('tidying removes locks, temporary files and empty journals of dead owners, and nothing else', async () => {
  const store = fileJournalStore(directory)
  await store.tidy?.()
  const kept = await store.open('kept')
  await kept.append(bytes('x'))
  await kept.close()
  const live = await store.open('live')
  await writeFile(join(directory, 'empty.journal'), '')
  await writeFile(join(directory, 'torn.journal.0123456789abcdef.tmp'), 'half')
  await writeFile(join(directory, 'notes.txt'), "a person's own")
  const child = startChild(await bundleChild('open-once', directory), directory, 'killed')
  await child.next()
  child.process.send('go')
  expect(await child.next()).toBe('open')
  await child.kill()
  expect(await readdir(directory)).toContain('killed.lock.1')
  await store.tidy?.()
  const left = (await readdir(directory)).filter(name => !name.endsWith('js'))
  expect(left.sort()).toEqual(['kept.journal', 'live.lock.1', 'notes.txt'])
  await live.close()
})
