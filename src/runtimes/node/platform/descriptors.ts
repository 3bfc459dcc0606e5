// File descriptors are limited (`ulimit -n`), and parallel uploads share them. An upload that finds none free waits
// until others close some, instead of failing.

import { setTimeout } from 'node:timers/promises'
import { codeOf } from '../../../foreign/error.ts'

const firstPauseMs = 20
const pauseMaxMs = 500
const waitMaxMs = 20_000

/** True if no descriptor is free, in this process or in the whole system. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EMFILE' || code === 'ENFILE'
}

/** The hint for an operation that waited for a descriptor and got none. */
export function descriptorsHint(nameOf: (option: string) => string | undefined): string {
  return `Too many files are open: send fewer at a time (${nameOf('concurrency')}), or raise the limit (ulimit -n)`
}

/**
 * Opens something, and tries again for up to 20 s while no descriptor is free.
 * @param pause waits; tests pass their own clock
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
