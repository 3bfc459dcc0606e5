// Of the scripts that hold the command's code, a run reads those that it needs. Whether it does without
// the others is seen where they are not.

import { cpSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { bin, startProcess } from './command.ts'
import { temporaryFolder } from './folder.ts'

const folder = temporaryFolder()

/** Runs the command with no other scripts than these. */
function withScripts(isThere: (name: string) => boolean) {
  const copy = join(folder, String(readdirSync(folder).length))
  cpSync(dirname(bin), copy, { recursive: true })
  const code = join(copy, 'code')
  for (const name of readdirSync(code)) if (!isThere(name)) rmSync(join(code, name))
  return (...args: string[]) => startProcess([join(copy, 'bin.js'), ...args], {}).ended
}

test('what a command is, and what is wrong with its flags, is told without the engine', async () => {
  const run = withScripts(name => !['engine.js', 'server.js'].includes(name))
  const told = Object.keys(commands).map(async name => {
    const { code, stdout, stderr } = await run(name, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString()).toContain(`ossup ${name}: `)
    const mistake = await run(name, '--no-such-flag')
    expect(mistake.stderr).toContain(`${name} has no flag --no-such-flag`)
    expect(mistake.code).toBe(2)
  })
  await Promise.all(told)
  expect((await run('help', 'upload')).code).toBe(0)
  expect((await run('upload')).stderr).toContain('missing: <file>')
  expect((await run('frobnicate')).stderr).toContain("'frobnicate' is not a command")
  expect((await run('completion', 'bash')).stdout.toString()).toContain('--part-size')
})

test('a failure is told without another script: that files cannot be opened may be the failure', async () => {
  const missing = ['upload', join(folder, 'none'), 'oss://examplebucket/key', '--region', 'cn-x']
  const run = withScripts(name => ['main.js', 'upload.js', 'engine.js'].includes(name))
  const failed = await run(...missing, '--json')
  expect(JSON.parse(failed.stdout.toString())).toMatchObject({ code: 'MISSING_CREDENTIALS' })
  const early = await withScripts(name => name === 'main.js')(...missing)
  expect(early.stderr).toMatch(/^ossup: ENOENT: .*upload\.js/)
  expect(early.code).toBe(1)
})
