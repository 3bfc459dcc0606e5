// Brings a fresh clone to the point where it runs: dependencies as the lock file says, and a build
// that is younger than the sources. Does nothing where nothing is to do. Plain Node.js: nothing is
// installed yet when it starts.

import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** What a build is made from, and what a finished one leaves last. */
const inputs = [
  'src',
  'scripts/build.mjs',
  'scripts/bundle-command.mjs',
  'scripts/bundle-library.mjs',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
]
export const buildStamp = join(root, 'dist', '.built')

export function setUp() {
  ensureDependencies()
  ensureBuild()
}

export function ensureDependencies() {
  const wanted = changedAt(join(root, 'package-lock.json'))
  if (changedAt(join(root, 'node_modules', '.package-lock.json')) >= wanted) return
  say('Installing dependencies (npm ci) …')
  runQuietly(npm, ['ci', '--no-audit', '--no-fund'])
}

/** Whether the build is younger than the sources. */
export function isBuilt() {
  return changedAt(buildStamp) >= Math.max(...inputs.map(name => newestIn(join(root, name))))
}

export function ensureBuild() {
  if (isBuilt()) return
  say('Building …')
  runQuietly(process.execPath, [join(root, 'scripts', 'build.mjs')])
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Runs a program whose output matters only if it fails; ends this one then. */
function runQuietly(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    shell: process.platform === 'win32' && program === npm,
  })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`)
  say(`'${[program, ...args].join(' ')}' failed.`)
  process.exit(1)
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Epoch milliseconds; 0 for a file that does not exist. */
function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function newestIn(path) {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return changedAt(path)
  // A folder's own time moves when a file in it goes away.
  const within = readdirSync(path).map(name => newestIn(join(path, name)))
  return Math.max(changedAt(path), ...within)
}
