// A Node.js with fewer abilities than usual runs the command all the same.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, startProcess } from './command.ts'
import { noise, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env, bucket } = await localOss()
const folder = temporaryFolder()
const file = join(folder, 'file')
writeFileSync(file, noise(400_000))
const parts = ['--multipart-threshold', '0', '--part-size', '100KiB']

const known = (flag: string) => process.allowedNodeEnvironmentFlags.has(flag)
const permission = known('--experimental-permission') ? '--experimental-permission' : '--permission'
const rights = ['--allow-fs-read=*', '--allow-fs-write=*']
if (known('--allow-net')) rights.push('--allow-net')

test.each([
  ['--jitless'],
  ['--disable-proto=delete'],
  ['--frozen-intrinsics'],
  [permission, ...rights],
])('node %s uploads in parts', async (...flags) => {
  const key = flags.join(' ')
  const args = [...flags, bin, 'upload', file, `oss://examplebucket/${key}`, ...parts]
  const outcome = await startProcess(args, { ...env, HOME: folder }).ended
  expect(outcome.stderr).not.toMatch(/^ossup: /m)
  expect(outcome.code).toBe(0)
  const { body } = await bucket.getObject({ key })
  expect(readFileSync(file).equals(await body.bytes())).toBe(true)
})
