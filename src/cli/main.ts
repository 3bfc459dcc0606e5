// From arguments to an exit code: finds the command, reads its flags, runs it, and says how it failed. Code that
// only some runs need is imported where it is needed: the library is most of the code.

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

/** The parts of `process` that are used. */
export interface Host extends SignalSource {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  exit(code: number): unknown
  /** The process that called the command. It may ignore signals, and so pass that on. */
  readonly ppid?: number
  /** Whether a person could type `ossup` next; false where another program runs the command. @default true */
  readonly isTyped?: boolean
}

/** How long a command that was asked to stop may take to do so. */
const stopTimeoutMs = 5000

/**
 * Runs one command.
 * @returns the exit code; see exit-code-table.ts.
 */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const { env, stderr, isTyped = true } = host
  const stdout = new StandardOutput(host.stdout)
  stderr.on('error', () => {})
  const screenOf = (json: boolean, level: Level) =>
    new Screen({ json, level, stdout, stderr, env, suggests: isTyped })
  // A mistake in the flags is reported as JSON where that was asked for, before the flags are understood.
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
    // Loaded now: when the command fails, there may be no descriptor left to read it.
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
      // A getter, since looking at it opens it.
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

/** A page of help, or the version: it is printed, and nothing else is done. */
async function pageFor(args: readonly string[], columns: number): Promise<string | undefined> {
  const [name] = args
  if (name === 'version' || name === '--version' || name === '-V') return version
  return helpFor(args, columns, loadCommand)
}

/** Moves flags that were written before the command behind it. */
async function commandFirst(args: readonly string[]): Promise<readonly string[]> {
  if (args.length < 2 || !/^-./.test(args[0] ?? '')) return args
  const { commonFlags } = await import('./connect/connection.ts')
  const flags: Flags = commonFlags
  let at = 0
  while (/^-./.test(args[at] ?? '') && args[at] !== '--') {
    const name = /^--([^=]+)$/.exec(args[at] ?? '')?.[1] ?? ''
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    // Only its command knows such a flag, so the words after it decide.
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

/** Commands end by themselves when the signal is aborted. A command that does not is abandoned. */
function settledOrStopped(running: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    running.then(resolve, reject)
    signal.addEventListener('abort', () => {
      setTimeout(reject, stopTimeoutMs, signal.reason).unref()
    })
  })
}
