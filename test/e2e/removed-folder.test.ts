import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, startProgram } from './command.ts'
import { temporaryFolder } from './folder.ts'
import { localOss } from './local-oss.ts'

const { env } = await localOss()
const folder = temporaryFolder()

test.skipIf(process.platform === 'win32')('a command in a folder that was removed', async () => {
  writeFileSync(join(folder, 'file'), 'content')
  const script = `set -e; mkdir gone; cd gone; rmdir ../gone
      "$NODE" "$BIN" upload "$HOME/file" oss://examplebucket/key --quiet
      "$NODE" "$BIN" cat oss://examplebucket/key; "$NODE" "$BIN" status --quiet`
  const variables = { ...env, HOME: folder, NODE: process.execPath, BIN: bin }
  const options = { cwd: folder }
  const outcome = await startProgram(['bash', '-c', script], variables, options).ended
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  expect(outcome.stdout.toString()).toMatch(/content/)
})
