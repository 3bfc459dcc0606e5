// A callback may contain a secret, and all users of the machine can read the arguments of a process. So a callback
// can also come from a file or from an environment variable.

import { readFileSync } from 'node:fs'
import { codeOf } from '../../foreign/error.ts'
import { UsageError } from './usage-error.ts'

/** The environment variable with the callback, used without `--callback`. */
export const callbackVariable = 'OSSUP_CALLBACK'

/** @param given JSON, or `@` and the path of a file that contains JSON */
export function callbackOf(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (given === undefined) return env[callbackVariable] || undefined
  if (!given.startsWith('@')) return given
  try {
    return readFileSync(given.slice(1), 'utf8').trim()
  } catch (error) {
    const code = codeOf(error)
    const why = code === undefined ? '' : ` (${code})`
    throw new UsageError(
      `--callback names the file ${given.slice(1)}, which cannot be read${why}`,
      'Write --callback @file, where the file holds the JSON of the callback.',
    )
  }
}
