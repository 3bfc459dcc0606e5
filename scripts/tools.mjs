// Tools that bring a TypeScript of their own: TypeDoc reads sources through the interface of TypeScript 5
// and 6, which TypeScript 7, that compiles here, does not have. They are in a folder of their own, so that neither
// everybody's `npm ci` nor the compiler has to do with them, and installed when they are first needed.

import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const folder = join(root, 'tools')

/** Runs a tool with this Node.js and gives its exit code; its output goes where ours goes. */
export function runTool(path, ...args) {
  install()
  const { status } = spawnSync(process.execPath, [join(folder, 'node_modules', path), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  return status ?? 1
}

function install() {
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
