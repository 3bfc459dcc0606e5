// Credentials that a program writes to its standard output, as JSON.

import { spawn } from 'node:child_process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { codeOf, isError } from '../../../foreign/error.ts'
import type { CredentialsProvider } from '../../../ports.ts'
import { credentialsInText } from './answered-credentials.ts'
import { masked } from './masked.ts'
import type { Surroundings } from './options.ts'
import { misconfigured, refused, unavailable } from './refusal.ts'

/** A program that writes credentials to its standard output. */
export interface CredentialsProcess {
  /** A command line for the shell, or a program and its arguments without a shell. */
  command: string | readonly string[]
  /** The program is killed after this many milliseconds. At most 600,000. @default 15_000 */
  timeoutMs?: number
}

const timeoutDefault = 15_000
const timeoutMax = 600_000
const outputMax = 1024 ** 2
/** Turns of the event loop to wait after the end of the process: the current one may have read the pipes already. */
const quietTurns = 3
const whom = 'The process for credentials'

/** @throws {CredentialsError} `CREDENTIALS_MISCONFIGURED` */
export function processProvider(
  { command, timeoutMs = timeoutDefault }: CredentialsProcess,
  around: Surroundings,
): CredentialsProvider {
  if (command.length === 0 || command[0] === '') throw misconfigured(`${whom} is not named`)
  if (!(timeoutMs > 0 && timeoutMs <= timeoutMax)) {
    throw misconfigured(`${whom} has a time-out of ${timeoutMs} ms`, 'Allowed: up to 600,000')
  }
  return async () => credentialsInText(await outputOf(command, timeoutMs, around), whom)
}

/**
 * Runs the program. Its standard input is empty, because ours may be the source of an upload. Its standard error is only
 * shown, masked, if it fails.
 */
async function outputOf(
  command: string | readonly string[],
  timeoutMs: number,
  { env, clock }: Surroundings,
): Promise<string> {
  const [program = '', ...args] = typeof command === 'string' ? [command] : command
  const child = spawn(program, args, {
    env: { ...env },
    shell: typeof command === 'string',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const ended = new AbortController()
  try {
    const output = gather(child.stdout)
    const complaints = gather(child.stderr)
    const outcome = await Promise.race([
      new Promise<number | string | Error>(resolve => {
        child.on('error', resolve)
        // This listens to `exit`, not to `close`, because a background process may keep the pipes open.
        child.on('exit', (code, signal) => {
          const how = code ?? signal ?? 'no reason'
          drained([output, complaints]).then(() => resolve(how), resolve)
        })
      }),
      clock.sleep(timeoutMs, ended.signal).then(() => undefined),
    ])
    if (outcome === undefined) {
      throw unavailable(`${whom} did not end within ${timeoutMs / 1000} s`)
    }
    if (isError(outcome)) {
      const code = codeOf(outcome) ?? 'unknown'
      throw refused(`${whom} cannot be started (${code})`, 'Check the command')
    }
    if (outcome !== 0) {
      const how = typeof outcome === 'number' ? `exit code ${outcome}` : outcome
      const said = masked(complaints.text())
      throw refused(`${whom} failed with ${how}${said === '' ? '' : `: ${said}`}`)
    }
    return output.text()
  } finally {
    ended.abort()
    // A process that keeps the pipes open, such as a grandchild, must not keep us alive.
    child.kill('SIGKILL')
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

interface Gathered {
  /** The number of bytes that arrived. */
  readonly size: number
  text(): string
}

/** Collects the bytes of a stream, up to the limit; drops the others. */
function gather(stream: NodeJS.ReadableStream): Gathered {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    if (size < outputMax) chunks.push(chunk)
    size += chunk.length
  })
  return {
    get size() {
      return size
    },
    text: () => Buffer.concat(chunks).toString(),
  }
}

/**
 * Resolves when all bytes in the pipes were read. Each turn of the event loop reads the bytes in the pipes, so turns
 * without new bytes show that the pipes are empty.
 */
async function drained(pipes: readonly Gathered[]): Promise<void> {
  const read = () => pipes.reduce((sum, { size }) => sum + Math.min(size, outputMax), 0)
  let before = read()
  for (let quiet = 0; quiet < quietTurns; quiet += 1) {
    await nextTurn()
    const now = read()
    if (now !== before) quiet = 0
    before = now
  }
}
