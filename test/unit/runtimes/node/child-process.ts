// Real processes of our own code, for what only another process can show: locks and kills.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'esbuild'

const here = import.meta.dirname

/** Bundles `children/<name>.ts` into the folder and resolves to the script's path. */
export async function bundleChild(name: string, into: string): Promise<string> {
  const outfile = join(into, `${name}.mjs`)
  await build({
    entryPoints: [join(here, 'children', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  return outfile
}

export interface Child {
  readonly process: ChildProcess
  /** The next message that it sends. */
  next(): Promise<unknown>
  /** Kills it as nothing can be caught, and waits for its end. */
  kill(): Promise<void>
}

export function startChild(script: string, ...args: string[]): Child {
  const child = fork(script, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const messages: unknown[] = []
  let wake = () => {}
  child.on('message', message => {
    messages.push(message)
    wake()
  })
  child.on('exit', () => wake())
  return {
    process: child,
    async next() {
      while (messages.length === 0) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error('It has ended')
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      return messages.shift()
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
