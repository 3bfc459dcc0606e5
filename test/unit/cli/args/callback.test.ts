import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { callbackOf } from '../../../../src/cli/args/callback.ts'

const json = '{"callbackUrl":"http://127.0.0.1/","callbackBody":"x"}'

test('a callback comes from its argument, a file or the environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-callback-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'callback.json')
  writeFileSync(path, `${json}\n`)
  const env = { OSSUP_CALLBACK: 'of the environment' }
  expect(callbackOf(json, env)).toBe(json)
  expect(callbackOf(`@${path}`, env)).toBe(json)
  expect(callbackOf(undefined, env)).toBe('of the environment')
  expect(callbackOf(undefined, { OSSUP_CALLBACK: '' })).toBeUndefined()
})

test('a file that cannot be read is named with its reason, and the hint says what to write', () => {
  const path = join(tmpdir(), 'ossup-absent', 'callback.json')
  expect(() => callbackOf(`@${path}`, {})).toThrow(
    expect.objectContaining({
      message: `--callback names the file ${path}, which cannot be read (ENOENT)`,
      hint: 'Write --callback @file, where the file holds the JSON of the callback.',
    }),
  )
})
