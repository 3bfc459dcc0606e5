// A check asks the machine, the network or OSS one question, and returns its findings.

import type { World } from './world.ts'

export type CheckState = 'ok' | 'warning' | 'problem' | 'skipped'

export interface Finding {
  readonly state: CheckState
  /** The result in one line, if possible. */
  readonly summary: string
  /** Hints for the user. Each string is one paragraph. */
  readonly hints?: readonly string[]
  /** The result as data, for programs. See docs/guide/json-output.md. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Only for a skipped check: the name of the check that must succeed first. */
  readonly waitsFor?: string
  /** Only for a problem: the error, which decides the exit code. */
  readonly error?: unknown
}

export interface Check {
  readonly name: string
  /** Names of the checks that must succeed before this one runs. */
  readonly needs: readonly string[]
  run(world: World, earlier: Earlier): Promise<Finding | readonly Finding[]>
}

/** The findings of the checks that ran before, by the name of the check. */
export type Earlier = ReadonlyMap<string, readonly Finding[]>
