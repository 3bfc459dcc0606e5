#!/usr/bin/env node
// The start of the command. `--version` is answered from here, before anything else is loaded: it is
// asked by scripts and by shells at every prompt.

import { statSync } from 'node:fs'
import { keepOutcome } from './errors/stop.ts'
import type * as Main from './main.ts'
import { version } from './output/version.ts'
import { startOf } from './start/start.ts'

const args = process.argv.slice(2)
/** How long after a signal standard output may take to leave. */
const flushMs = 1000

if (args.length === 1 && ['--version', '-v', '-V'].includes(args[0] ?? ''))
  process.stdout.write(`${version}\n`)
else run()

function run(): void {
  // Most transfers are over before code that V8 makes fast has paid for the making: by default that takes a
  // fifth of the CPU time of 2,000 small parts (docs/internals/performance.md). Hot loops still get there.
  // Many files are another matter: with them V8's own measure saves a quarter of it.
  const flags = hasManyFiles(args) ? [] : ['--interrupt-budget=1000000']
  const start = startOf(isHelp(args) ? undefined : args[0], flags)
  const { main } = start.require('./main.js') as typeof Main
  const outcome = main(args, process)
  keepOutcome(process, outcome, code => process.exit(code))
  outcome.then(code => {
    // Who was asked to stop waits for no reader that may never come.
    if (code > 128) setTimeout(() => process.exit(code), flushMs)
    // Idle connections and half-done requests would keep the process alive; what was written is
    // flushed first.
    process.stdout.write('', () =>
      process.stderr.write('', () => {
        if (code === 0) start.keep()
        process.exit(code)
      }),
    )
  })
}

/** The help reads little of the code, and no more of it if it is compiled. */
function isHelp([command = 'help', ...rest]: readonly string[]): boolean {
  return (
    ['help', '--help', '-h'].includes(command) || rest.includes('--help') || rest.includes('-h')
  )
}

/** An upload of a folder, or of what a shell made of `*`. */
function hasManyFiles([command, source = '', ...rest]: readonly string[]): boolean {
  return command === 'upload' && (rest.length > 50 || isFolder(source))
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
