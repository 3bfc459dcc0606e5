// What a command is: words for the help, flags, and one function that does it.

import type { Screen } from '../output/screen.ts'
import type { Flags, FlagValues } from './flags.ts'

/** What a command finds around it. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array>
  readonly screen: Screen
  /** Aborted by SIGINT, SIGTERM and SIGHUP, with a `Stopped` as reason. */
  readonly signal: AbortSignal
  /** All commands by name, in the order of the help. */
  readonly commands: Readonly<Record<string, CommandEntry>>
}

export interface Command<F extends Flags = Flags> {
  /** What follows `ossup`, one line for each form. */
  readonly usage: readonly string[]
  /** Command lines to copy, each with a few words on what it does, which may be empty. */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** Further help, as paragraphs. */
  readonly details?: readonly string[]
  readonly flags: F
  /** Counts of positional arguments that make sense. */
  readonly positionals: {
    readonly min: number
    readonly max: number
    /** With this flag, one less is needed. */
    readonly fewerWith?: string
  }
  /** All that a positional argument may be, where that is known. */
  readonly words?: readonly string[]
  run(request: CommandRequest<F>, shell: Shell): Promise<void>
}

/** The words of a command, without what it does. */
export type Description = Omit<Command, 'run'>

/** A command in the table of commands, loaded when it is called. */
export interface CommandEntry {
  /** One sentence without a full stop. */
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
