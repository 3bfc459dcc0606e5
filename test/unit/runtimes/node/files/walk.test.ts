import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Globs, selectionOf } from '../../../../../src/batch/selection.ts'
import { compareKeys } from '../../../../../src/oss/key-order.ts'
import { FileSystems } from '../../../../../src/runtimes/node/files/file-system.ts'
import { walk } from '../../../../../src/runtimes/node/files/walk.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ossup-walk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes files, with the folders that they need. */
function write(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), path)
  }
}

/** What a walk finds, as `key` or `key: why not`. */
async function found(
  globs: Globs = {},
  followLinks = false,
  leftOut: readonly string[] = [],
): Promise<string[]> {
  const seen: string[] = []
  const options = {
    prefix: 'p/',
    selection: selectionOf(globs),
    followLinks,
    leftOut,
    systems: new FileSystems(),
  }
  for await (const one of walk(folder, options)) {
    if (one.kind === 'file') seen.push(one.key)
    else seen.push(`${one.key}: ${one.kind === 'fault' ? one.error.code : one.reason}`)
  }
  return seen
}

test('files come in the order of their keys, with the slashes of folders', async () => {
  write('a', 'a.txt', 'a-b', 'b/x', 'b.txt', 'b-/x', 'ä', '😀', '￿', '日/本', 'c d/+%', 'B')
  const keys = await found()
  expect(keys).toHaveLength(12)
  expect(keys).toEqual([...keys].sort(compareKeys))
  expect(keys).toContain('p/c d/+%')
})

test('a file is what it is', async () => {
  write('a/b')
  const options = {
    prefix: '',
    selection: selectionOf({}),
    followLinks: false,
    leftOut: [],
    systems: new FileSystems(),
  }
  for await (const one of walk(folder, options)) {
    expect(one).toMatchObject({
      kind: 'file',
      key: 'a/b',
      id: join(folder, 'a/b'),
      identity: { size: 3 },
    })
    if (one.kind !== 'file') continue
    const source = await one.open()
    expect(await source.identity()).toEqual(one.identity)
    await source.close()
  }
})

test('paths that are left out are passed over, wherever the folder is reached from', async () => {
  write('a', '.ossup/checkpoints/x.journal', '.ossup/config', 'logs/ledger', 'logs/ledger2')
  const leftOut = ['.ossup/checkpoints', 'logs/ledger'].map(path => join(folder, path))
  expect(await found({}, false, leftOut)).toEqual(['p/.ossup/config', 'p/a', 'p/logs/ledger2'])
})

test('empty folders give nothing, and excluded folders are not read', async () => {
  write('keep/a', 'skip/b')
  mkdirSync(join(folder, 'empty'))
  chmodSync(join(folder, 'skip'), 0)
  expect(await found({ exclude: 'skip' })).toEqual(['p/keep/a'])
  chmodSync(join(folder, 'skip'), 0o700)
})

test.skipIf(process.platform !== 'linux')(
  'a name that is not valid UTF-8 is reported',
  async () => {
    write('a', 'z')
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/m`), Buffer.from([0xff])]), 'x')
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/n`), Buffer.from([0xc3, 0x28])]))
    expect(await found()).toEqual([
      'p/a',
      'p/m\ufffd: NAME_NOT_UNICODE',
      'p/n\ufffd(: NAME_NOT_UNICODE',
      'p/z',
    ])
    expect(await found({ exclude: ['m*', 'n*'] })).toEqual(['p/a', 'p/z'])
  },
)

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  test('pipes and sockets are skipped, and said', async () => {
    write('a')
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const server = createServer().listen(join(folder, 'socket'))
    await new Promise(resolve => server.once('listening', resolve))
    expect(await found()).toEqual(['p/a', 'p/pipe: fifo', 'p/socket: socket'])
    await new Promise(resolve => server.close(resolve))
  })

  test('links are skipped, and said', async () => {
    write('a', 'd/b')
    symlinkSync('a', join(folder, 'to-file'))
    symlinkSync('d', join(folder, 'to-folder'))
    expect(await found()).toEqual(['p/a', 'p/d/b', 'p/to-file: symlink', 'p/to-folder: symlink'])
  })

  test('links are what they lead to, if they are followed', async () => {
    write('a', 'd/b')
    symlinkSync('a', join(folder, 'e'))
    symlinkSync('d', join(folder, 'a-'))
    symlinkSync('nowhere', join(folder, 'x'))
    expect(await found({}, true)).toEqual(['p/a', 'p/a-/b', 'p/d/b', 'p/e', 'p/x: SOURCE_MISSING'])
  })

  test('links in a circle end', async () => {
    write('d/e/b')
    symlinkSync('..', join(folder, 'd/e/up'))
    symlinkSync('.', join(folder, 'd/self'))
    symlinkSync('round', join(folder, 'round'))
    expect(await found({}, true)).toEqual([
      'p/d/e/b',
      'p/d/e/up: loop',
      'p/d/self: loop',
      'p/round: SOURCE_UNREADABLE',
    ])
  })
})

test('a folder that is not there is a fault', async () => {
  rmSync(folder, { recursive: true })
  expect(await found()).toEqual(['p/: SOURCE_MISSING'])
})
