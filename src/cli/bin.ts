#!/usr/bin/env node
// The entry point of the command. It answers `--version` and help before it loads anything else, because scripts
// and shell prompts ask for the version often.

import { statSync } from 'node:fs'
import { keepCompiledCode } from './compile-cache.ts'
import { descriptions } from './descriptions.ts'
import { keepOutcome } from './errors/stop.ts'
import { helpFor } from './help-for.ts'
import { StandardOutput } from './output/standard-output.ts'
import { version } from './output/version.ts'

const args = process.argv.slice(2)
/** How long to wait for standard output to be written after a signal. */
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

/** False if the help could not be written. The whole command then tries again and reports the reason. */
async function isPrinted(help: string): Promise<boolean> {
  const stdout = new StandardOutput(process.stdout)
  stdout.write(`${help}\n`)
  return stdout.flush().then(
    () => true,
    () => false,
  )
}

async function run(): Promise<void> {
  // Most transfers end before V8's optimising compiler saves more time than it takes: by default it uses a fifth of
  // the CPU time of 2,000 small parts (docs/internals/performance.md). Hot loops are still optimised. With many
  // files, V8's default saves a quarter.
  if (!hasManyFiles(args)) {
    process.getBuiltinModule('node:v8').setFlagsFromString('--interrupt-budget=1000000')
  }
  // This comes after the V8 flags, because compiled code depends on them.
  keepCompiledCode(process.env)
  const { main, ownEventLoop } = await import('./main.ts')
  ownEventLoop()
  const outcome = main(args, process)
  keepOutcome(process, outcome, code => process.exit(code))
  const code = await outcome
  // A stopped command does not wait long for a reader, which may never read.
  if (code > 128) setTimeout(() => process.exit(code), flushMs)
  // Idle connections and unfinished requests would keep the process alive, so it exits explicitly. Output is
  // flushed first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}

/** True for an upload of a folder, or of file names that a shell expanded from `*`. */
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
