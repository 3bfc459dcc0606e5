// Of the scripts that hold the command's code, a run reads only those that it needs. Here the others are
// missing.

import { cpSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { bin, startProcess } from './command.ts'
import { temporaryFolder } from './folder.ts'

const folder = temporaryFolder()
const names = Object.keys(commands)

/** Runs the command without the scripts for which `isMissing`. */
function without(isMissing: (path: string) => boolean) {
  const copy = join(folder, String(readdirSync(folder).length))
  cpSync(dirname(bin), copy, { recursive: true })
  const scripts = [join(copy, 'main.js'), ...list(join(copy, 'code'))]
  for (const path of scripts.filter(isMissing)) rmSync(path)
  return (...args: string[]) => startProcess([join(copy, 'bin.js'), ...args], {}).ended
}

const list = (path: string) => readdirSync(path).map(name => join(path, name))

test('version and help need no other script', async () => {
  const run = without(() => true)
  const all = names.map(async name => {
    const { code, stdout, stderr } = await run(name, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString()).toContain(`ossup ${name}: `)
  })
  await Promise.all(all)
  expect((await run('help', 'upload')).code).toBe(0)
  expect((await run('--version')).code).toBe(0)
})

test('a script that is missing is named', async () => {
  const run = without(path => dirname(path).endsWith('code'))
  const { code, stderr } = await run('status')
  expect(stderr).toMatch(/Cannot find module '.*code.*\.js'/)
  expect(code).toBe(1)
})
