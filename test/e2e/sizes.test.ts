// Around every limit the object is the file, byte for byte.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, ossup, start } from './command.ts'
import { noise, temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env, bytes } = await localOss()
const folder = temporaryFolder()
const kib = 1024
const flags = [
  '--multipart-threshold',
  '1MiB',
  '--part-size',
  '300KiB',
  '--checkpoint-dir',
  join(folder, 'c'),
]

const cases: [size: number, parts: number][] = [
  [0, 0],
  [1, 0],
  [1024 * kib - 1, 0],
  [1024 * kib, 4],
  [1024 * kib + 1, 4],
  [1200 * kib, 4],
  [1500 * kib + 1, 6],
]

test.each(cases)('%d bytes in %d parts', async (size, parts) => {
  const content = noise(size, 7)
  const file = join(folder, `${size}.bin`)
  writeFileSync(file, content)
  const up = await ossup(['upload', file, `oss://examplebucket/${size}`, '--json', ...flags], env)
  expect(up.stderr).toBe('')
  expect(jsonLines(up).at(-1)).toMatchObject({ type: 'result', size, parts, verified: 'crc64' })
  expect((await bytes(String(size))).equals(content)).toBe(true)
})

test.each([
  [3, 0],
  [1500 * kib + 1, 6],
])('%d bytes of standard input in %d parts', async (size, parts) => {
  const content = noise(size, 8)
  const { child, ended } = start(
    ['upload', '-', 'oss://examplebucket/stdin', '--json', ...flags],
    env,
  )
  child.stdin?.end(content)
  const up = await ended
  expect(up.stderr).toBe('')
  expect(jsonLines(up).at(-1)).toMatchObject({ type: 'result', size, parts, verified: 'crc64' })
  expect((await bytes('stdin')).equals(content)).toBe(true)
})
