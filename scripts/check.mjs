// What can be said of the sources without running them: format, lint, types, borders.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureDependencies, root } from './setup.mjs'

const modules = join(root, 'node_modules')

/** Every check: its name and the program, run with this Node.js. */
const checks = [
  ['format and lint', join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'check', '.'],
  ['types', join(modules, 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'],
  [
    'types of the portable core',
    join(modules, 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.core.json',
  ],
]

/** Runs all checks up to the first that fails; says one line for each. */
export function check() {
  let passed = 0
  for (const [name, program, ...args] of checks) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
    })
    if (status !== 0) {
      process.stdout.write(`${stdout}${stderr}`)
      console.log(`✗ ${name}`)
      return { passed, failed: 1 }
    }
    console.log(`✓ ${name}`)
    passed += 1
  }
  return { passed, failed: 0 }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureDependencies()
  process.exitCode = check().failed
}
