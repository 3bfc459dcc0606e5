// The version and the help need bin.js and no other file of the command.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, startProcess } from './command.ts'
import { temporaryFolder } from './folder.ts'

const alone = temporaryFolder()
copyFileSync(bin, join(alone, 'bin.js'))
writeFileSync(join(alone, 'package.json'), '{ "type": "commonjs" }')

test.each([
  ['--version', /^\d+\.\d+\.\d+\n$/],
  ['help', /^ossup: resumable uploads/],
  ['--help', /^ossup: resumable uploads/],
  ['help upload', /--part-size <auto\|size>/],
  ['sign --help', /^ossup sign: /],
])('ossup %s', async (words, said) => {
  const { code, stdout, stderr } = await startProcess(
    [join(alone, 'bin.js'), ...words.split(' ')],
    {},
    alone,
  ).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.toString()).toMatch(said)
})

test('the help of bin.js is that of the command itself', async () => {
  const run = (file: string) => startProcess([file, 'help', 'clean'], {}, alone).ended
  const { stdout } = await run(join(alone, 'bin.js'))
  expect(stdout.toString()).toBe((await run(bin)).stdout.toString())
})
