// Builds dist/: the declarations by the compiler; the library, as ECMAScript modules and as CommonJS, and the command by
// esbuild. The build goes into a temporary folder and is then moved into place, so that no program sees a partial build.
// `--no-check` skips the type check, for a caller that checks types itself.

import { spawnSync } from 'node:child_process'
import { readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleCommand } from './bundle-command.mjs'
import { bundleCommonJs, bundleModules } from './bundle-library.mjs'
import { root } from './setup.mjs'

const modules = join(root, 'node_modules')
const fresh = join(modules, `.build-${process.pid}`)
const dist = join(root, 'dist')
const builtAt = new Date()

removeLeftovers()
try {
  process.exitCode = compileLibrary()
  if (process.exitCode === 0) {
    await bundleModules(root, fresh)
    await bundleCommonJs(root, fresh, join(fresh, 'cjs'))
    await bundleCommand(root, join(fresh, 'cli'))
    writeFileSync(join(fresh, '.built'), '')
    // A source that was saved while this ran is younger than the build.
    utimesSync(join(fresh, '.built'), builtAt, builtAt)
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  }
} finally {
  rmSync(fresh, { recursive: true, force: true })
}

/** What builds that were killed left behind. */
function removeLeftovers() {
  for (const name of readdirSync(modules)) {
    const pid = /^\.build-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(modules, name), { recursive: true, force: true })
    }
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Writes the declarations. Returns the compiler's exit code. */
function compileLibrary() {
  const compiler = join(modules, 'typescript', 'bin', 'tsc')
  const args = [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh]
  if (process.argv.includes('--no-check')) args.push('--noCheck')
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}
