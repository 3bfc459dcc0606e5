// Options are refused by their names where nobody would obey them: a slip of the fingers that is passed
// over in silence is found out in production.

import { OptionError } from '../errors.ts'
import { nearest } from '../text/nearest.ts'

/** What options of oss2's `resumable_upload` and ali-oss's `multipartUpload` are called here. */
const namesHere = new Map([
  ['num_threads', 'concurrency'],
  ['part_size', 'partSize'],
  ['multipart_threshold', 'multipartThreshold'],
  ['progress_callback', 'onProgress'],
  ['store', 'checkpointDir'],
  ['parallel', 'concurrency'],
  ['progress', 'onProgress'],
  ['mime', 'contentType'],
  ['meta', 'metadata'],
])

/**
 * @param sentence what is said of a name that is not allowed
 * @throws {OptionError} `UNKNOWN_OPTION`, with the name that was probably meant and all that are allowed
 */
export function refuseUnknownOptions(
  options: object,
  allowed: readonly string[],
  sentence = (name: string) => `There is no option '${name}'`,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const what = Array.isArray(options) ? 'a list' : String(options)
    throw new OptionError('UNKNOWN_OPTION', `The options are ${what}`, {
      hint: `Give an object. Allowed in it: ${allowed.join(', ')}`,
    })
  }
  for (const name of Object.keys(options)) {
    if (allowed.includes(name)) continue
    throw new OptionError('UNKNOWN_OPTION', sentence(name), {
      hint: `${guess(name, allowed)}Allowed: ${allowed.join(', ')}`,
    })
  }
}

function guess(name: string, allowed: readonly string[]): string {
  const here = namesHere.get(name)
  if (here !== undefined && allowed.includes(here)) return `It is now called ${here}. `
  const near = nearest(name, allowed)
  return near === undefined ? '' : `Did you mean '${near}'? `
}
