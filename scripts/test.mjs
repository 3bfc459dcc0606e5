// Runs the tests: installs, builds, checks the sources and starts the test runner.
//
//   npm test                  the quick tests (vitest.config.ts lists them)
//   npm test -- test/unit     only these files; arguments go to the test runner
//   npm run test:all          every test
//
// The checks run beside the build and the tests. The last line is the sum.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startChecks } from './check.mjs'
import { ensureDependencies, isBuilt, root } from './setup.mjs'

const [first, ...others] = process.argv.slice(2)
const isOption = ['--all', '--rest'].includes(first)
const args = isOption ? others : process.argv.slice(2)
// A file that the caller names runs, whichever project it is in.
const project = first === '--rest' ? 'rest*' : first === undefined ? 'quick' : undefined

ensureDependencies()
// `npm test` has run the checks before `--rest`.
const checks = first === '--rest' ? [] : startChecks()
for (const check of checks) check.then(report)
const isReady = isBuilt() || (await build())
const tested = isReady ? await runTests() : { passed: 0, failed: 1 }
const checked = await Promise.all(checks)
const passed = tested.passed + checked.filter(({ isFine }) => isFine).length
const failed = tested.failed + checked.filter(({ isFine }) => !isFine).length
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function report({ name, isFine, output }) {
  if (!isFine) process.stdout.write(output)
  console.log(`${isFine ? '✓' : '✗'} ${name}`)
}

/** Without type checks: `types` is one of the checks. */
function build() {
  console.log('Building …')
  const args = [join(root, 'scripts', 'build.mjs'), '--no-check']
  return new Promise((resolve, reject) => {
    spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
      .on('error', reject)
      .on('close', code => resolve(code === 0))
  })
}

async function runTests() {
  const { parseCLI, startVitest } = await import('vitest/node')
  const { filter, options } = parseCLI(['vitest', 'run', ...args])
  const counts = { passed: 0, failed: 0 }
  const counter = {
    onTestRunEnd(modules, errors, reason) {
      for (const module of modules) {
        const tests = [...module.children.allTests()].map(test => test.result().state)
        const failed = tests.filter(state => state === 'failed').length
        counts.passed += tests.filter(state => state === 'passed').length
        // A file that does not load fails without a failed test in it.
        counts.failed += failed === 0 && !module.ok() ? 1 : failed
      }
      if (errors.length > 0 || reason !== 'passed') counts.failed = Math.max(1, counts.failed)
    },
  }
  const vitest = await startVitest('test', filter, {
    ...options,
    root,
    watch: false,
    ...(project === undefined ? {} : { project }),
    reporters: [...(options.reporters ?? ['minimal']), counter],
  })
  await vitest.close()
  return counts
}
