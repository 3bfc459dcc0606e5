// Tools with their own installation. TypeDoc and attw need the programming interface of TypeScript 5 or 6, which
// the compiler here, TypeScript 7, does not have. The scripts install such tools when they first need them, so that
// they do not slow down `npm ci`.

import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const folder = join(root, 'tools')

/** Runs a tool with this Node.js and gives its exit code; its output goes where ours goes. */
export function runTool(path, ...args) {
  installTools(folder)
  const { status } = spawnSync(process.execPath, [join(folder, 'node_modules', path), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  return status ?? 1
}

/** Installs what the lock file of a folder names, unless it was installed since the file changed. */
export function installTools(folder) {
  const changedAt = name => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (changedAt('node_modules/.package-lock.json') >= changedAt('package-lock.json')) return
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']
  const { status } = spawnSync(npm, args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}`)
}
