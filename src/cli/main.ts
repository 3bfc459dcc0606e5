// From arguments to an exit code: finds the command, reads its flags, runs it, and says how it failed.
// What only some runs need is imported where it is needed: the library is most of the code, and the
// help does without it.

import { closestMatch } from '../text/closest-match.ts'
import type { Command, Shell } from './args/command.ts'
import { parseRequest } from './args/parse.ts'
import { UsageError } from './args/usage-error.ts'
import { commands, findCommand } from './commands.ts'
import { ignoredSignals } from './errors/ignored-signals.ts'
import { type SignalSource, watchSignals } from './errors/stop.ts'
import { type Level, Screen } from './output/screen.ts'
import { type OutputStream, StandardOutput } from './output/standard-output.ts'

/** The parts of `process` that are used. */
export interface Host extends SignalSource {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  exit(code: number): unknown
  /** The process that called the command. It may ignore signals, and so pass that on. */
  readonly ppid?: number
  /** Whether a person could type `ossup` to go on; false where another program runs the command. @default true */
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
  // A mistake in the flags must be told in the wanted form, before the flags are understood.
  let screen = screenOf(args.includes('--json'), 'info')
  const stop = watchSignals(host, stopped => host.exit(stopped.exitCode), ignoredSignals(host))
  try {
    const help = await helpFor(args)
    if (help !== undefined) {
      stdout.write(`${help}\n`)
      await stdout.flush()
      return 0
    }
    const [name = '', ...rest] = args
    const command = await loadCommand(name)
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
      // Opened by whoever reads it, not by looking at it.
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

async function helpFor(args: readonly string[]): Promise<string | undefined> {
  const [name, ...rest] = args
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  const asked = own.includes('--help') || own.includes('-h') ? name : undefined
  const topic = name === 'help' ? rest[0] : asked
  const general = name === undefined || name === '--help' || name === '-h'
  if (!general && name !== 'help' && topic === undefined) return undefined
  const help = await import('./help.ts')
  return topic === undefined || topic === 'help'
    ? help.generalHelp()
    : help.commandHelp(topic, await loadCommand(topic))
}

/** What people look for who know other tools. */
const insteadOf: Readonly<Record<string, string>> = {
  cp: 'To OSS: ossup upload <file> oss://bucket/key. From OSS: ossup download oss://bucket/key.',
  rb: 'ossup deletes no buckets: empty it with ossup rm -r, then delete it in the OSS console.',
  version: 'ossup --version tells it.',
  sync: 'ossup upload <folder> oss://bucket/prefix/ sends what is new or has changed.',
}

async function loadCommand(name: string): Promise<Command> {
  const entry = findCommand(name)
  if (entry !== undefined) return entry.load()
  const instead = Object.hasOwn(insteadOf, name) ? insteadOf[name] : undefined
  if (instead !== undefined) throw new UsageError(`'${name}' is not a command`, instead)
  if (name.startsWith('-')) {
    throw new UsageError(
      `a flag cannot come before the command: ${name}`,
      'Write ossup <command> first, then its flags. See ossup help.',
    )
  }
  const near = closestMatch(name, Object.keys(commands))
  throw new UsageError(
    `'${name}' is not a command`,
    near === undefined ? 'See ossup help.' : `Did you mean ossup ${near}? See ossup help.`,
  )
}

/** Commands end by themselves when the signal is aborted; one that does not is left behind. */
function settledOrStopped(running: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    running.then(resolve, reject)
    signal.addEventListener('abort', () => {
      setTimeout(reject, stopTimeoutMs, signal.reason).unref()
    })
  })
}
