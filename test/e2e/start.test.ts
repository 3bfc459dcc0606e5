// `npm start`: killed and run again it continues, and what it says about fetching the object is true.

import { exec } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root, startProcess } from './command.ts'
import { noiseFile, temporaryFolder } from './folder.ts'

const folder = temporaryFolder()
const home = join(folder, 'start')
const keptHome = join(folder, 'kept')
const file = join(folder, "it's a file.bin")
const content = noiseFile(file, 40 * 1024 ** 2 + 1)

function npmStartIn(at: string, ...flags: string[]) {
  const args = [join(root, 'scripts', 'start.mjs'), file, ...flags]
  return startProcess(args, { OSSUP_START_DIR: at, INIT_CWD: folder }, root)
}

const npmStart = (...flags: string[]) => npmStartIn(home, ...flags)

test('killed, run again, fetched as it says', async () => {
  const first = npmStart('--part-size', '1MiB', '--bandwidth', '10MiB')
  await first.saw(/ [1-8]\d %/)
  first.child.kill('SIGKILL')
  await first.ended
  const second = await npmStart().ended
  expect(second.stderr).toMatch(/Resumed at [1-9]\d* %: \d.* not sent again\./)
  expect(second.code).toBe(0)
  const said = second.stdout.toString()
  expect(said).toMatch(/verified: CRC-64 \d+ at both ends/)

  const [stat = '', download = ''] = said.split('\n').filter(line => line.startsWith('  node '))
  const shell = { cwd: folder, env: { PATH: process.env.PATH, OSSUP_START_DIR: home } }
  expect((await promisify(exec)(stat, shell)).stdout).toMatch(/^oss:\/\/local\/it's a file\.bin\n/)
  await promisify(exec)(download, shell)
  expect(readFileSync(join(folder, 'copy.bin')).equals(content)).toBe(true)
  // In the repository itself, they fit a window of 80 columns.
  const sample = said.replaceAll(/'(oss:\/\/local\/)it'\\''s a file\.bin'/g, '$1sample-256MiB.bin')
  const demo = sample.replaceAll(root, '').split('\n')
  expect(demo.filter(line => line.length > 80)).toEqual([])
})

test('with --keep the local OSS stays, and another run uses it', async () => {
  const { child, saw, ended } = npmStartIn(keptHome, '--keep')
  await saw(/The local OSS stays at http:\/\/127\.0\.0\.1:\d+ until Ctrl-C\./)
  const other = await npmStartIn(keptHome).ended
  expect(other.stdout.toString()).toContain('Local OSS found running')
  expect(other.stdout.toString()).toContain('already stored: not sent again')
  expect(other.code).toBe(0)
  child.kill('SIGINT')
  expect((await ended).code).toBe(0)
})

test.each(['--help', '-h'])('%s tells how to use it and does nothing', async flag => {
  const untouched = join(folder, `untouched${flag}`)
  const args = [join(root, 'scripts', 'start.mjs'), flag]
  const said = await startProcess(args, { OSSUP_START_DIR: untouched }, root).ended
  expect(said.code).toBe(0)
  expect(said.stdout.toString()).toMatch(/^Usage: npm start -- \[file\]/)
  expect(said.stdout.toString()).not.toMatch(/Local OSS|The object is in/)
  expect(existsSync(untouched)).toBe(false)
})
