// Names the caller in the stack of an error that arises later, in answer to an event of the network or
// the disk: the engine's own stack has no frame of it then.

import { isOssupError } from '../errors.ts'

/**
 * Runs the work of a public function. An error of this library that it rejects with gets the frames of
 * the code that called `entry`.
 * @param entry the public function: frames from it upwards are left out
 */
export async function withCaller<T>(
  entry: (...args: never[]) => unknown,
  work: () => Promise<T>,
): Promise<T> {
  const site: { stack?: string } = {}
  // Only V8 and engines that follow it have this. Reading `stack`, which takes time, waits for a failure.
  const capture: unknown = Reflect.get(Error, 'captureStackTrace')
  if (typeof capture === 'function') capture(site, entry)
  try {
    return await work()
  } catch (error) {
    if (isOssupError(error)) addFrames(error, site.stack)
    throw error
  }
}

function addFrames(error: Error, stack = ''): void {
  const frames = stack.split('\n').filter(line => /^\s+at /.test(line))
  const [caller] = frames
  // The caller is known already where nothing was waited for, and where two public functions nest.
  if (caller === undefined || error.stack === undefined || error.stack.includes(caller)) return
  error.stack += `\n    --- called from ---\n${frames.join('\n')}`
}
