// What a command writes arrives, or there is one clear message; a reader that left early is neither.

import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin } from './command.ts'
import { noise, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env, bucket } = await localOss()
const folder = temporaryFolder()
const content = noise(300_000)
await bucket.putObject({ key: 'key', body: new Uint8Array(content) })
const target = 'oss://examplebucket/key'

/** Runs a line of bash in which `$ossup` is the command. */
function bash(line: string): Promise<{ code: number; stderr: string }> {
  return new Promise(resolve => {
    const variables = { ...process.env, ...env, HOME: folder, node: process.execPath, bin }
    const script = `set -o pipefail; ossup() { "$node" "$bin" "$@"; }; ${line}`
    execFile('bash', ['-c', script], { env: variables, cwd: folder }, (error, _out, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stderr })
    })
  })
}

test
  .skipIf(!existsSync('/dev/full'))
  .each([
    `cat ${target}`,
    'ls oss://examplebucket',
    'ls oss://examplebucket --json',
    `stat ${target}`,
    'help',
  ])('ossup %s > /dev/full says so once', async args => {
  const { code, stderr } = await bash(`ossup ${args} > /dev/full`)
  expect(stderr).toMatch(/^ossup: Standard output cannot be written \(ENOSPC\)/)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(code).toBe(8)
})

test.skipIf(process.platform === 'win32')(
  'a file that takes only the first bytes is not taken for whole',
  async () => {
    // bash counts in blocks of 1,024 bytes; the system takes what fits and refuses the rest.
    const { code, stderr } = await bash(`ulimit -f 290; ossup cat ${target} > short.bin`)
    expect(stderr).toMatch(/^ossup: Standard output cannot be written \(EFBIG\)/)
    expect(code).toBe(8)
    const written = readFileSync(join(folder, 'short.bin'))
    expect(written.equals(content.subarray(0, written.length))).toBe(true)
  },
)

test('a file gets every byte', async () => {
  expect(await bash(`ossup cat ${target} > whole.bin`)).toEqual({ code: 0, stderr: '' })
  expect(readFileSync(join(folder, 'whole.bin')).equals(content)).toBe(true)
})

test
  .skipIf(process.platform === 'win32')
  .each([`cat ${target} | head -c 1000 | wc -c`, 'ls oss://examplebucket | true', 'help | true'])(
  'ossup %s is silent and succeeds',
  async line => {
    expect(await bash(`ossup ${line}`)).toEqual({ code: 0, stderr: '' })
  },
)
