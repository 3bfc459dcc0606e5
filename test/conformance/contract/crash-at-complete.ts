import { expect } from 'vitest'
import type { UploadSource } from '../../../src/runtimes/node/files/open-source.ts'
import { silence, type World } from './world.ts'

/**
 * Leaves the checkpoint as a process would that died after it had sent Complete.
 * @param isDone OSS had stored the object
 * @returns the folder of the checkpoint
 */
export async function crashAtComplete(
  world: World,
  source: UploadSource,
  isDone: boolean,
  options: { forbidOverwrite?: boolean } = {},
): Promise<string> {
  const stop = new AbortController()
  let left = ''
  world.network = async ({ operation }, pass) => {
    if (operation !== 'CompleteMultipartUpload') return pass()
    if (isDone) await pass()
    left = world.copyCheckpoints()
    stop.abort(new Error('killed'))
    return silence()
  }
  const upload = world.upload(source, { ...options, signal: stop.signal })
  await expect(upload).rejects.toThrow('killed')
  world.network = (_, pass) => pass()
  return left
}
