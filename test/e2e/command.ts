// The built command as a person runs it: a process with arguments, an environment and an exit code.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  /** Resolves when standard output or error holds a match, with what was written so far. */
  saw(pattern: RegExp): Promise<string>
  readonly ended: Promise<Outcome>
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Starts `ossup` with these arguments. The environment is this one without what leads to OSS or to
 * credentials, and `env`.
 */
export function start(args: readonly string[], env: Env = {}): Running {
  if (!existsSync(bin)) throw new Error('dist/ is missing: npm run build')
  return startProcess([bin, ...args], env)
}

/** Runs `ossup` to its end. */
export function ossup(args: readonly string[], env: Env = {}): Promise<Outcome> {
  return start(args, env).ended
}

/** Starts Node.js. */
export function startProcess(args: readonly string[], env: Env, cwd?: string): Running {
  return startProgram([process.execPath, ...args], env, { ...(cwd !== undefined && { cwd }) })
}

/** Starts any program, with an environment as for `start`. */
export function startProgram(
  [program = '', ...args]: readonly string[],
  env: Env,
  options: Pick<SpawnOptions, 'cwd' | 'stdio' | 'detached'> = {},
): Running {
  const others = Object.entries(process.env).filter(
    ([name]) => !/^(?:OSS|ALIBABA|ALICLOUD|NO_COLOR|npm_)/.test(name),
  )
  const child: ChildProcess = spawn(program, args, {
    // No test may ask for the role of the machine that runs the tests.
    env: { ...Object.fromEntries(others), ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true', ...env },
    ...options,
  })
  const output: Buffer[] = []
  let stderr = ''
  let waiting: { pattern: RegExp; resolve: (text: string) => void }[] = []
  const written = () => Buffer.concat(output).toString() + stderr
  const look = () => {
    waiting = waiting.filter(({ pattern, resolve }) => {
      const found = pattern.test(written())
      if (found) resolve(written())
      return !found
    })
  }
  child.stdout?.on('data', chunk => {
    output.push(chunk)
    if (waiting.length > 0) look()
  })
  child.stderr?.on('data', chunk => {
    stderr += chunk
    if (waiting.length > 0) look()
  })
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(output), stderr })
    })
  })
  return {
    child,
    ended,
    async saw(pattern) {
      const seen = new Promise<string>(resolve => {
        waiting.push({ pattern, resolve })
        look()
      })
      const end = ended.then(({ code }) => {
        throw new Error(`ended with ${code} before ${pattern} was written:\n${written()}`)
      })
      return Promise.race([seen, end])
    },
  }
}

/** The JSON lines of standard output. */
export function jsonLines({ stdout }: Outcome): Record<string, unknown>[] {
  return stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}
