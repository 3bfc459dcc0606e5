// Everything that is tested on each change: sets up, builds, checks the sources, runs the tests.
// Arguments go to the test runner: `npm test -- test/unit`. The last line sums up.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from './check.mjs'
import { root, setUp } from './setup.mjs'

setUp()
const checked = check()
const tested = checked.failed === 0 ? runTests(process.argv.slice(2)) : { passed: 0, failed: 0 }
const failed = checked.failed + tested.failed
console.log(`${checked.passed + tested.passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-test-'))
  try {
    const report = join(folder, 'report.json')
    const runner = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const { status } = spawnSync(
      process.execPath,
      [
        runner,
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args,
      ],
      { cwd: root, stdio: 'inherit' },
    )
    return counts(report, status)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file that does not load fails without a failed test in it. */
function counts(report, status) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
    const failed = status === 0 ? numFailedTests : Math.max(1, numFailedTests)
    return { passed: numPassedTests, failed }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
