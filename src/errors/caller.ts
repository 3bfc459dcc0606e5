// Adds the caller to the stack of an error that occurs later, when the network or the disk answers. At that time the
// engine's own stack has no frame of the caller.

import { isOssupError } from '../errors.ts'

/**
 * Runs the work of a public function. If it rejects with an error of this library, adds the stack frames of the code
 * that called `entry`.
 * @param entry the public function; its own frame and the frames inside it are left out
 */
export async function withCaller<T>(
  entry: (...args: never[]) => unknown,
  work: () => Promise<T>,
): Promise<T> {
  const site: { stack?: string } = {}
  // Only V8, and engines that follow it, have this function. Reading `stack` takes time, so it waits until there is
  // an error.
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
  // The stack names the caller already if the error came at once, or if one public function called another.
  if (caller === undefined || error.stack === undefined || error.stack.includes(caller)) return
  error.stack += `\n    --- called from ---\n${frames.join('\n')}`
}
