// What a command is: words for the help, flags, and one function that does it.

import type { Flags, FlagValues } from './flags.ts'
import type { Screen } from '../output/screen.ts'

/** What a command finds around it. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array>
  readonly screen: Screen
  /** Aborted by SIGINT, SIGTERM and SIGHUP, with a `Stopped` as reason. */
  readonly signal: AbortSignal
}

export interface Command<F extends Flags = Flags> {
  /** What follows `ossup`, one line for each form. */
  readonly usage: readonly string[]
  /** One sentence without a full stop. */
  readonly summary: string
  /** Further help, and what people try first. */
  readonly details?: string
  readonly flags: F
  /** Counts of positional arguments that make sense. */
  readonly positionals: { readonly min: number; readonly max: number }
  /** All that a positional argument may be, where that is known. */
  readonly words?: readonly string[]
  run(request: CommandRequest<F>, shell: Shell): Promise<void>
}

export interface CommandRequest<F extends Flags = Flags> {
  readonly positionals: readonly string[]
  readonly flags: FlagValues<F>
}

/** Gives a command literal the types of its flags. */
export function command<const F extends Flags>(definition: Command<F>): Command<F> {
  return definition
}
