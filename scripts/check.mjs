// Checks the sources without running them: format, lint, types.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureDependencies, root } from './setup.mjs'

const modules = join(root, 'node_modules')
const biome = join(modules, '@biomejs', 'biome', 'bin', 'biome')
// All checks run at the same time. More threads would make the compiler do some work twice.
const compiler = [join(modules, 'typescript', 'bin', 'tsc'), '--singleThreaded']

/** Every check: its name and the program, run with this Node.js. */
const checks = [
  ['format and lint', biome, 'check', '.'],
  ['types', ...compiler, '-p', 'tsconfig.json'],
  ['types of the portable core', ...compiler, '-p', 'tsconfig.core.json'],
]

/** Starts all checks at the same time. Each resolves to its name, its result and its output. */
export function startChecks() {
  return checks.map(
    ([name, ...args]) =>
      new Promise((resolve, reject) => {
        let output = ''
        const child = spawn(process.execPath, args, { cwd: root })
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding('utf8').on('data', text => {
            output += text
          })
        }
        child.on('error', reject)
        child.on('close', code => resolve({ name, isFine: code === 0, output }))
      }),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureDependencies()
  for (const { name, isFine, output } of await Promise.all(startChecks())) {
    if (!isFine) {
      process.stdout.write(output)
      process.exitCode = 1
    }
    console.log(`${isFine ? '✓' : '✗'} ${name}`)
  }
}
