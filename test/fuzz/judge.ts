// The allowed results of an upload with any input: the right object, or an error of ours.

import { isOssupError } from '../../src/errors.ts'
import type { UploadResult } from '../../src/options/upload-options.ts'

export type End =
  | { readonly kind: 'stored'; readonly result: UploadResult }
  | { readonly kind: 'failed'; readonly code: string }

/** Longer than this, milliseconds of real time, no case takes: it hangs. */
const hangMs = 30_000

export class Finding extends Error {
  override readonly name = 'Finding'
}

export function fail(what: string): never {
  throw new Finding(what)
}

/** How it ended. Any error but ours, and no end at all, is a finding. */
export async function endOf(upload: Promise<UploadResult>): Promise<End> {
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Finding('it hangs')), hangMs)
  })
  try {
    return { kind: 'stored', result: await Promise.race([upload, hangs]) }
  } catch (error) {
    if (error === 'enough') return { kind: 'failed', code: 'STOPPED' }
    if (!isOssupError(error)) throw error
    return { kind: 'failed', code: error.code }
  } finally {
    clearTimeout(timer)
  }
}

export function expectEqual(object: Uint8Array | undefined, expected: Uint8Array): void {
  if (object === undefined) fail('success, but there is no object')
  if (Buffer.compare(object, expected) !== 0) fail('success, but the object is another')
}
