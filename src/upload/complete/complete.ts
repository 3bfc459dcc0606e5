// Completes an upload. The answer to Complete may be lost although OSS did the work, and its upload
// id is dead afterwards; so a Complete is never repeated without a look at the object in between.

import { IntegrityError, OssError, StateError } from '../../errors.ts'
import { crc64Combine } from '../../hash/crc64.ts'
import type { ConfirmedPart } from '../../journal/fold.ts'
import { completeMultipartUpload } from '../../oss/complete-multipart-upload.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import { backoffMs } from '../../schedule/backoff.ts'
import { askedDelayMs, isInDoubt } from '../../schedule/retryable.ts'
import { type Expected, lookAtObject, overwrittenElsewhere } from '../check/look-at-object.ts'
import { nonceHeader, type Run } from '../run/run.ts'

/** How an upload came to its end. */
export type Completion =
  | { kind: 'stored'; object: StoredObject; localCrc64: bigint }
  /** Parts are not as the journal has them: reconcile and send what differs. */
  | { kind: 'parts-differ'; error: OssError }
  /** The upload id is dead and the object is not there. */
  | { kind: 'dead' }

const partFaults = new Set(['InvalidPart', 'InvalidPartOrder', 'FilePartNotExist', 'FilePartStale'])

/**
 * @param doubtful an earlier run may have completed it: errors that a repeated Complete meets are
 * not taken at their word
 */
export async function complete(run: Run, doubtful: boolean): Promise<Completion> {
  const parts = inOrder(run.checkpoint.state.parts.values())
  const expected = expectedObject(run, parts)
  await run.checkpoint.recordAndSync({
    t: 'completing',
    size: expected.size,
    c: expected.crc64.toString(),
    parts: parts.length,
    at: run.clock.now(),
  })
  run.progress.phase('completing')
  run.progress.event({ type: 'completing' })
  let doubt = doubtful
  for (let attempt = 1; ; attempt++) {
    try {
      const object = await sendComplete(run, parts)
      await verify(run, object, expected)
      return { kind: 'stored', object, localCrc64: expected.crc64 }
    } catch (error) {
      if (error instanceof OssError && partFaults.has(error.code)) {
        return { kind: 'parts-differ', error }
      }
      const isDead = error instanceof OssError && error.code === 'NoSuchUpload'
      const exists = error instanceof OssError && error.code === 'FileAlreadyExists'
      if (!isDead && !isInDoubt(error) && !(exists && doubt)) throw error
      doubt = true
      const look = await lookAtObject(run, expected, isDead)
      if (look.kind === 'ours') {
        return { kind: 'stored', object: look.object, localCrc64: expected.crc64 }
      }
      if (exists) throw error
      if (look.kind === 'other') throw overwrittenElsewhere(run)
      if (isDead) return { kind: 'dead' }
      if (attempt >= run.options.attempts) throw error
      run.progress.retried()
      await run.clock.sleep(backoffMs(attempt, run.random.next(), askedDelayMs(error)), run.signal)
    }
  }
}

/** What the object must be, from what was sent. @param parts in any order */
export function expectedObject(
  run: Run,
  parts: Iterable<ConfirmedPart>,
): Expected & { readonly crc64: bigint } {
  const { upload } = run.checkpoint.state
  if (upload === undefined) throw new Error('Nothing can be completed without an upload id')
  let size = 0
  let crc64 = 0n
  // Parts are confirmed in any order; the object is put together in that of their numbers.
  for (const part of inOrder(parts)) {
    crc64 = crc64Combine(crc64, part.crc64, part.size)
    size += part.size
  }
  return {
    size,
    crc64,
    initiatedAt: upload.initiatedAt,
    // What it was begun with counts, whatever today's options say.
    nonce: upload.intent.headers[nonceHeader],
  }
}

function inOrder(parts: Iterable<ConfirmedPart>): ConfirmedPart[] {
  return [...parts].sort((a, b) => a.partNumber - b.partNumber)
}

function sendComplete(run: Run, parts: readonly ConfirmedPart[]): Promise<StoredObject> {
  const { upload } = run.checkpoint.state
  if (upload === undefined) throw new Error('Nothing can be completed without an upload id')
  const forbid = run.options.forbidOverwrite ? { 'x-oss-forbid-overwrite': 'true' } : {}
  return run.requester.run(
    { operation: 'CompleteMultipartUpload', signal: run.signal, repeatable: false },
    call =>
      completeMultipartUpload(
        run.client,
        {
          key: run.key,
          uploadId: upload.id,
          parts: parts.map(({ partNumber, etag }) => ({ partNumber, etag })),
          headers: { ...run.options.completeHeaders, ...forbid },
        },
        call,
      ),
  )
}

/** The answer's CRC-64 must be that of the bytes sent; a wrong one may itself be damaged, so the object is asked. */
async function verify(
  run: Run,
  object: StoredObject,
  expected: Expected & { readonly crc64: bigint },
): Promise<void> {
  if (object.crc64 === undefined || object.crc64 === String(expected.crc64)) return
  // Where reading it is refused, the answer is all there is to go by.
  const look = await lookAtObject(run, expected, false).catch((error: unknown) => {
    if (error instanceof StateError) return undefined
    throw error
  })
  if (look?.kind === 'ours') return
  throw new IntegrityError(
    'OBJECT_MISMATCH',
    `The object has CRC-64 ${object.crc64}, the bytes sent ${expected.crc64}`,
    {
      operation: 'CompleteMultipartUpload',
      key: run.key,
      hint: 'Do not trust the object. Run it again; if it persists, suspect memory or disk',
    },
  )
}
