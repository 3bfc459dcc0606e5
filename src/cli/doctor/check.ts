// What a check is: a question to the world, and what was found.

import type { World } from './world.ts'

export type CheckState = 'ok' | 'warning' | 'problem' | 'skipped'

export interface Finding {
  readonly state: CheckState
  /** One line, if it can be. */
  readonly summary: string
  /** What to do about it: a paragraph each. */
  readonly advice?: readonly string[]
  /** The same for programs; see docs/guide/json-output.md. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Of what was skipped: the name of the check that has to be right first. */
  readonly waitsFor?: string
  /** Of a problem: decides the exit code. */
  readonly error?: unknown
}

export interface Check {
  readonly name: string
  /** Names of the checks without which this one makes no sense. */
  readonly needs: readonly string[]
  run(world: World, earlier: Earlier): Promise<Finding | readonly Finding[]>
}

/** What was found so far, by the name of the check. */
export type Earlier = ReadonlyMap<string, readonly Finding[]>
