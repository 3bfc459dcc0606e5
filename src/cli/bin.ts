#!/usr/bin/env node
// The start of the command. `--version` is answered from here, before anything else is loaded: it is
// asked by scripts and by shells at every prompt.

import { readFileSync, statSync } from 'node:fs'

const args = process.argv.slice(2)
/** How long after a signal standard output may take to leave. */
const flushMs = 1000

if (['--version', '-v', '-V'].includes(args[0] ?? '')) {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  process.stdout.write(`${JSON.parse(manifest).version}\n`)
} else {
  // Most transfers are over before code that V8 makes fast has paid for the making: by default that takes a
  // fifth of the CPU time of 2,000 small parts (docs/performance.md). Hot loops still get there.
  // Many files are another matter: with them V8's own measure saves a quarter of it.
  if (!hasManyFiles(args)) {
    const { setFlagsFromString } = await import('node:v8')
    setFlagsFromString('--interrupt-budget=1000000')
  }
  const { main } = await import('./main.ts')
  const code = await main(args, process)
  // Who was asked to stop waits for no reader that may never come.
  if (code > 128) setTimeout(() => process.exit(code), flushMs)
  // Idle connections and half-done requests would keep the process alive; what was written is
  // flushed first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
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
