#!/usr/bin/env node
// The start of the command. The version and the help are answered from here, before anything else is
// loaded: scripts ask for the version, and shells at every prompt.

import { statSync } from 'node:fs'
import { keepCompiledCode } from './compile-cache.ts'
import { descriptions } from './descriptions.ts'
import { keepOutcome } from './errors/stop.ts'
import { helpFor } from './help-for.ts'
import { StandardOutput } from './output/standard-output.ts'
import { version } from './output/version.ts'

const args = process.argv.slice(2)
/** How long standard output may take to leave after a signal. */
const flushMs = 1000

if (args.length === 1 && ['--version', '-v', '-V'].includes(args[0] ?? ''))
  process.stdout.write(`${version}\n`)
else start()

async function start(): Promise<void> {
  const { isTTY, columns = 80 } = process.stdout
  const help = await helpFor(args, isTTY ? columns : 80, async name =>
    Object.hasOwn(descriptions, name) ? descriptions[name] : undefined,
  )
  if (help === undefined || !(await isPrinted(help))) await run()
}

/** False if it could not be written: then the whole command tries again, and says why. */
async function isPrinted(help: string): Promise<boolean> {
  const stdout = new StandardOutput(process.stdout)
  stdout.write(`${help}\n`)
  return stdout.flush().then(
    () => true,
    () => false,
  )
}

async function run(): Promise<void> {
  // Most transfers are over before code that V8 optimises has paid for the effort: by default that takes a
  // fifth of the CPU time of 2,000 small parts (docs/internals/performance.md). Hot loops still get there.
  // For many files V8's own measure saves a quarter.
  if (!hasManyFiles(args)) {
    process.getBuiltinModule('node:v8').setFlagsFromString('--interrupt-budget=1000000')
  }
  // After the flags, on which compiled code depends.
  keepCompiledCode(process.env)
  const { main } = await import('./main.ts')
  const outcome = main(args, process)
  keepOutcome(process, outcome, code => process.exit(code))
  const code = await outcome
  // A command that was stopped does not wait for a reader that may never come.
  if (code > 128) setTimeout(() => process.exit(code), flushMs)
  // Idle connections and half-done requests would keep the process alive; what was written is
  // flushed first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}

/** An upload of a folder, or of the names that a shell made of `*`. */
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
