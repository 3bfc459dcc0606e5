// The second start of the command uses what the first compiled; nothing that is in the cache folder can
// keep it from starting.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Outcome, ossup } from './command.ts'
import { temporaryFolder } from './folder.ts'

const folder = temporaryFolder()
let count = 0

/** A cache folder of its own, and a command that needs most of the code and no OSS. */
function aCache() {
  const caches = join(folder, `caches-${++count}`)
  const own = join(caches, 'ossup')
  const command = ['status', '--checkpoint-dir', join(caches, 'checkpoints')]
  const env = {
    NODE_DISABLE_COMPILE_CACHE: '',
    XDG_CACHE_HOME: caches,
    LOCALAPPDATA: caches,
    HOME: caches,
  }
  return {
    own,
    run: (more: Record<string, string> = {}, args = command) => ossup(args, { ...env, ...more }),
    files: () => (existsSync(own) ? readdirSync(own).map(name => join(own, name)) : []),
  }
}

function expectStatus({ code, stderr }: Outcome) {
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'No unfinished uploads.\n' })
}

const isMac = process.platform === 'darwin'

test.skipIf(isMac)('the first start keeps what it compiled, the second uses it', async () => {
  const { run, files } = aCache()
  expectStatus(await run())
  const [file = '', ...others] = files()
  expect(others).toEqual([])
  utimesSync(file, 1, 1)
  const kept = readFileSync(file)
  expectStatus(await run())
  expect(files()).toEqual([file])
  // It was neither rejected nor written again.
  expect([statSync(file).mtimeMs, readFileSync(file).equals(kept)]).toEqual([1000, true])
})

test.skipIf(isMac)('a damaged file is replaced', async () => {
  const { run, files } = aCache()
  await run()
  const [file = ''] = files()
  const whole = readFileSync(file).length
  const half = readFileSync(file).fill(0x5a, Math.floor(whole / 2))
  for (const damage of [Buffer.alloc(0), Buffer.from('garbage'), half]) {
    writeFileSync(file, damage)
    expectStatus(await run())
    expect(readFileSync(file).equals(damage)).toBe(false)
  }
})

test('a run that fails keeps nothing', async () => {
  const { run, files } = aCache()
  expect((await run({}, ['upload', 'no-such-file', 'oss://x/y'])).code).not.toBe(0)
  expect((await run({}, ['../../escaped'])).code).toBe(2)
  expect(files()).toEqual([])
})

test('switched off, nothing is kept', async () => {
  const { run, files } = aCache()
  expectStatus(await run({ NODE_DISABLE_COMPILE_CACHE: '1' }))
  expect(files()).toEqual([])
})

test('a cache folder that cannot be is no matter', async () => {
  const { run, own } = aCache()
  mkdirSync(join(own, '..'), { recursive: true })
  writeFileSync(own, 'a file in its place')
  expectStatus(await run())
  expectStatus(await run({ XDG_CACHE_HOME: '', HOME: '', LOCALAPPDATA: '' }))
  expect(readFileSync(own, 'utf8')).toBe('a file in its place')
})

const isPosix = process.getuid !== undefined

test.runIf(isPosix && !isMac)('a folder that others can write is left alone', async () => {
  const { run, own, files } = aCache()
  mkdirSync(own, { recursive: true })
  chmodSync(own, 0o777)
  expectStatus(await run())
  expect(files()).toEqual([])
})
