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
const file = join(folder, "it's a file.bin")
const content = noiseFile(file, 40 * 1024 ** 2 + 1)

function npmStart(...flags: string[]) {
  const args = [join(root, 'scripts', 'start.mjs'), file, ...flags]
  return startProcess(args, { OSSUP_START_DIR: home, INIT_CWD: folder }, root)
}

test('killed, run again, fetched as it says', async () => {
  const first = npmStart('--part-size', '1MiB', '--bandwidth', '10MiB')
  await first.saw(/ 1\d %/)
  first.child.kill('SIGKILL')
  await first.ended
  const second = await npmStart().ended
  expect(second.stderr).toMatch(/Resumed at [1-9]\d* %: \d.* not sent again\./)
  expect(second.code).toBe(0)
  const said = second.stdout.toString()
  expect(said).toMatch(/verified: CRC-64 \d+ at both ends/)

  const [serve = '', cat = ''] = said.split('\n').filter(line => line.startsWith('  node '))
  const shell = { cwd: folder, env: { PATH: process.env.PATH } }
  const serving = exec(serve.replace('  node', 'exec node'), shell)
  try {
    await new Promise(listening => serving.stdout?.once('data', listening))
    await promisify(exec)(cat, shell)
    expect(readFileSync(join(folder, "copy-of-it's a file.bin")).equals(content)).toBe(true)
    // While that server is on, another run uses it.
    const third = await npmStart().ended
    expect(third.stdout.toString()).toContain('Local OSS found running')
    expect(third.code).toBe(0)
  } finally {
    serving.kill('SIGTERM')
  }
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
