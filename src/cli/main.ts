// Turns arguments into an exit code: finds the command, parses its flags, runs it, and reports its failure. Code
// that only some commands need is imported on demand, because the library is most of the code.

import { closestMatch } from '../text/closest-match.ts'
import type { Command, Shell } from './args/command.ts'
import type { Flags } from './args/flags.ts'
import { parseRequest } from './args/parse.ts'
import { UsageError } from './args/usage-error.ts'
import { commands, findCommand } from './commands.ts'
import { ignoredSignals } from './errors/ignored-signals.ts'
import { type SignalSource, watchSignals } from './errors/stop.ts'
import { helpFor } from './help-for.ts'
import { type Level, Screen } from './output/screen.ts'
import { type OutputStream, StandardOutput } from './output/standard-output.ts'
import { version } from './output/version.ts'

export { ownEventLoop } from '../runtimes/node/platform/event-loop.ts'

/** The part of `process` that the command uses. */
export interface Host extends SignalSource {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  exit(code: number): unknown
  /** The id of the parent process, which may ignore signals and pass that on. */
  readonly ppid?: number
  /** Whether a person can type `ossup` next; false if another program runs the command. @default true */
  readonly isTyped?: boolean
}

/** How long a command may take to stop after a signal. */
const stopTimeoutMs = 5000

/**
 * Runs one command.
 * @returns the exit code; see exit-code-table.ts
 */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const { env, stderr, isTyped = true } = host
  const stdout = new StandardOutput(host.stdout)
  stderr.on('error', () => {})
  const screenOf = (json: boolean, level: Level) =>
    new Screen({ json, level, stdout, stderr, env, suggests: isTyped })
  // A mistake in the flags must be reported as JSON if the user asked for JSON, although the flags are not parsed
  // yet.
  let screen = screenOf(args.includes('--json'), 'info')
  const stop = watchSignals(host, stopped => host.exit(stopped.exitCode), ignoredSignals(host))
  try {
    const ordered = await commandFirst(args)
    const page = await pageFor(ordered, stdout.isTTY ? (stdout.columns ?? 80) : 80)
    if (page !== undefined) {
      stdout.write(`${page}\n`)
      await stdout.flush()
      return 0
    }
    const [name = '', ...rest] = ordered
    const command = await loadCommand(name)
    // Loaded in advance: when the command fails, there may be no file descriptor left to load it with.
    await import('./errors/failure.ts')
    const request = parseRequest(name, command, rest)
    const {
      json,
      quiet,
      'log-level': level,
      insecure,
    } = request.flags as Partial<Record<string, unknown>>
    screen = screenOf(json === true, quiet === true ? 'error' : ((level as Level) ?? 'info'))
    if (insecure === true) (await import('./connect/network.ts')).warnOfInsecure(screen)
    const shell: Shell = {
      env,
      // A getter, because reading `process.stdin` opens standard input.
      get stdin() {
        return host.stdin
      },
      screen,
      signal: stop.signal,
      commands,
    }
    await settledOrStopped(command.run(request, shell), stop.signal).finally(() => screen.hide())
    await stdout.flush()
    return 0
  } catch (error) {
    return (await import('./errors/failure.ts')).reportFailure(error, screen)
  } finally {
    stop.dispose()
  }
}

/** The help page or version that the arguments ask for. It is printed, and no command runs. */
async function pageFor(args: readonly string[], columns: number): Promise<string | undefined> {
  const [name] = args
  if (name === 'version' || name === '--version' || name === '-V') return version
  return helpFor(args, columns, loadCommand)
}

/** Moves flags that precede the command behind it. */
async function commandFirst(args: readonly string[]): Promise<readonly string[]> {
  if (args.length < 2 || !/^-./.test(args[0] ?? '')) return args
  const { commonFlags } = await import('./connect/connection.ts')
  const flags: Flags = commonFlags
  let at = 0
  while (/^-./.test(args[at] ?? '') && args[at] !== '--') {
    const name = /^--([^=]+)$/.exec(args[at] ?? '')?.[1] ?? ''
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    // Only the command knows whether the flag takes a value, so the following words decide.
    const takesValue =
      flag === undefined
        ? name !== '' && !isCommand(args[at + 1]) && isCommand(args[at + 2])
        : flag.placeholder !== undefined
    at += takesValue ? 2 : 1
  }
  const command = args[at]
  if (command === undefined || command === '--') return args
  return [command, ...args.slice(0, at), ...args.slice(at + 1)]
}

function isCommand(word = ''): boolean {
  return findCommand(word) !== undefined
}

async function loadCommand(name: string): Promise<Command> {
  const entry = findCommand(name)
  if (entry !== undefined) return entry.load()
  if (name.startsWith('-')) {
    throw new UsageError(`there is no command beside ${name}`, 'See ossup help.')
  }
  const { commandInstead } = await import('./args/command-synonyms.ts')
  const near = closestMatch(name, Object.keys(commands))
  const instead = commandInstead(name) ?? (near && `Did you mean ossup ${near}?`)
  throw new UsageError(
    `'${name}' is not a command`,
    instead === undefined ? 'See ossup help.' : `${instead} See ossup help.`,
  )
}

/**
 * Waits for a command to end. Commands end by themselves when the signal is aborted; a command that does not
 * is abandoned.
 */
function settledOrStopped(running: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    running.then(resolve, reject)
    signal.addEventListener('abort', () => {
      setTimeout(reject, stopTimeoutMs, signal.reason).unref()
    })
  })
}
