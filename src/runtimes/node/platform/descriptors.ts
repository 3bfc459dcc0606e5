// File descriptors are limited (`ulimit -n`), and uploads that run at the same time share them. One that
// finds none left waits for the others to close some, instead of failing.

import { setTimeout } from 'node:timers/promises'
import { codeOf } from '../../../foreign/error.ts'

const firstPauseMs = 20
const pauseMaxMs = 500
const waitMaxMs = 20_000

/** True if no descriptor is left: in this process, or in the whole system. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EMFILE' || code === 'ENFILE'
}

/** What to do when waiting did not help. */
export function descriptorsHint(nameOf: (option: string) => string | undefined): string {
  return `Too many files are open: send fewer at a time (${nameOf('concurrency')}), or raise the limit (ulimit -n)`
}

/**
 * Opens something, and tries again for up to 20 s while no descriptor is left.
 * @param pause waits; tests put another clock in its place
 */
export async function withDescriptor<T>(
  open: () => Promise<T>,
  pause: (ms: number) => Promise<unknown> = setTimeout,
): Promise<T> {
  let pauseMs = firstPauseMs
  for (let waitedMs = 0; ; waitedMs += pauseMs, pauseMs = Math.min(2 * pauseMs, pauseMaxMs)) {
    try {
      return await open()
    } catch (error) {
      if (!isOutOfDescriptors(error) || waitedMs >= waitMaxMs) throw error
    }
    await pause(pauseMs)
  }
}
