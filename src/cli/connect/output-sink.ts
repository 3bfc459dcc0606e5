// Standard output as the target of a download.

import {
  type DownloadResult,
  downloadObject,
  type ReadOptions,
  type Sink,
} from '../../runtimes/node/index.ts'
import type { Address } from '../args/address.ts'
import type { Shell } from '../args/command.ts'
import type { FlagValues } from '../args/flags.ts'
import type { Output } from '../output/screen.ts'
import { bucketOf, type connectionFlags } from './connection.ts'

/**
 * Standard output is closed. At the end of the command, standard output itself reports the reason, and
 * whether that is a failure.
 */
class Unheard extends Error {}

/**
 * Writes an object to standard output, from start to end.
 * @param check may refuse the object before its first byte
 * @returns `undefined` if the reader closed its end early, as after `ossup cat … | head`, or if the disk is
 * full
 * @throws what a download throws
 */
export async function writeObject(
  { bucket, key }: Address,
  flags: FlagValues<typeof connectionFlags>,
  shell: Shell,
  options: ReadOptions & { check?: Sink['begin'] } = {},
): Promise<DownloadResult | undefined> {
  const { check, ...rest } = options
  const { screen, signal } = shell
  const from = await bucketOf(bucket, flags, shell)
  try {
    return await downloadObject(from, key, outputSink(screen.stdout, check), { signal, ...rest })
  } catch (error) {
    if (error instanceof Unheard) return undefined
    throw error
  }
}

function outputSink(output: Output, check: Sink['begin'] = async () => {}): Sink {
  return {
    name: 'standard output',
    isSeekable: false,
    begin: check,
    write: bytes =>
      new Promise((resolve, reject) => {
        output.write(bytes, error => (error ? reject(new Unheard()) : resolve()))
      }),
    commit: async () => {},
    discard: async () => {},
  }
}
