// What a command consists of: a description for the help, flags, and one function that runs it.

import type { Screen } from '../output/screen.ts'
import type { Flags, FlagValues } from './flags.ts'

/** What a command gets from its caller. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array>
  readonly screen: Screen
  /** A signal that SIGINT, SIGTERM and SIGHUP abort. Its reason is a `Stopped`. */
  readonly signal: AbortSignal
  /** All commands by name, in the order of the help. */
  readonly commands: Readonly<Record<string, CommandEntry>>
}

export interface Command<F extends Flags = Flags> {
  /** The words after `ossup`, one line for each form. */
  readonly usage: readonly string[]
  /** Command lines to copy, each with a short explanation, which may be empty. */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** More help, as paragraphs. */
  readonly details?: readonly string[]
  readonly flags: F
  /** How many positional arguments are allowed. */
  readonly positionals: {
    readonly min: number
    readonly max: number
    /** With this flag, one argument less is required. */
    readonly fewerWith?: string
  }
  /** All allowed values of a positional argument, if there is a fixed list. */
  readonly words?: readonly string[]
  run(request: CommandRequest<F>, shell: Shell): Promise<void>
}

/** The description and flags of a command, without its function. */
export type Description = Omit<Command, 'run'>

/** A command in the table of commands. It is loaded when it is called. */
export interface CommandEntry {
  /** What the command does, in one sentence without a full stop. */
  readonly summary: string
  load(): Promise<Command>
}

export interface CommandRequest<F extends Flags = Flags> {
  readonly positionals: readonly string[]
  readonly flags: FlagValues<F>
}

/** Gives a command literal the types of its flags. */
export function command<const F extends Flags>(definition: Command<F>): Command<F> {
  return definition
}
