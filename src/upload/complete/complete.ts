// Completes an upload. The answer to Complete may be lost although OSS did the work, and OSS then forgets the upload
// id. So we never repeat a Complete without looking at the object first.

import { IntegrityError, OssError, StateError } from '../../errors.ts'
import { crc64Combine } from '../../hash/crc64.ts'
import type { ConfirmedPart, OpenUpload } from '../../journal/fold.ts'
import { completeMultipartUpload } from '../../oss/complete-multipart-upload.ts'
import { isForbidden } from '../../oss/refusal.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import { backoffMs } from '../../schedule/backoff.ts'
import { askedDelayMs, isInDoubt } from '../../schedule/retryable.ts'
import { withCrc64 } from '../check/confirm-stored.ts'
import { describesSame } from '../check/describes-same.ts'
import { objectExists } from '../check/expect-no-object.ts'
import {
  type Expected,
  expectedOf,
  headOf,
  lookAtObject,
  overwrittenElsewhere,
  versionOf,
} from '../check/look-at-object.ts'
import type { Stored } from '../run/content.ts'
import { nonceHeader, type Run } from '../run/run.ts'
import { storedHeaders } from '../start/initiate.ts'

/** How an upload came to its end. */
export type Completion =
  | { kind: 'stored'; stored: Stored }
  /** OSS has other parts than the journal: reconcile, then send the differing parts. */
  | { kind: 'parts-differ'; error: OssError }
  /** OSS does not know the upload id, and the object does not exist. */
  | { kind: 'dead' }

const partFaults = new Set(['InvalidPart', 'InvalidPartOrder', 'FilePartNotExist', 'FilePartStale'])

/**
 * @param doubtful an earlier run may have completed it: errors that a repeated Complete meets are
 * not taken at their word
 */
export async function complete(
  run: Run,
  upload: OpenUpload,
  doubtful: boolean,
): Promise<Completion> {
  const parts = inOrder(run.checkpoint.state.parts.values())
  const was = await storedBefore(run, upload)
  const expected = { ...expectedObject(run, upload, parts), before: was }
  await run.checkpoint.recordAndSync({
    t: 'completing',
    size: expected.size,
    c: expected.crc64.toString(),
    parts: parts.length,
    at: run.clock.now(),
    ...(was !== undefined && { was }),
  })
  run.progress.phase('completing')
  run.progress.event({ type: 'completing' })
  const storedAs = (object: Stored['object']): Completion => {
    const { size, crc64 } = expected
    return { kind: 'stored', stored: { object, size, crc64, parts: parts.length } }
  }
  let doubt = doubtful
  for (let attempt = 1; ; attempt++) {
    const found = await lookBefore(run, expected, doubt)
    if (found !== undefined) return storedAs(found)
    try {
      const object = await withCrc64(run, await sendComplete(run, upload, parts))
      await verify(run, object, expected)
      return (await hasOtherHeaders(run, upload)) ? { kind: 'dead' } : storedAs(object)
    } catch (error) {
      if (error instanceof OssError && partFaults.has(error.code)) {
        return { kind: 'parts-differ', error }
      }
      const isDead = error instanceof OssError && error.code === 'NoSuchUpload'
      const exists = error instanceof OssError && error.code === 'FileAlreadyExists'
      if (!isDead && !exists && !isInDoubt(error)) throw error
      // The network may repeat a request too: an object that is in the way may be this upload's own.
      const isSure = exists && !doubt
      doubt = true
      // Without a mark, nothing proves that the object is ours: another writer may have stored equal bytes.
      if (isSure && expected.nonce === undefined) throw error
      const look = await lookAtObject(run, expected, isDead).catch((unknown: unknown) => {
        throw isSure ? error : unknown
      })
      if (look.kind === 'ours') {
        return storedAs(look.object)
      }
      if (exists) throw error
      if (look.kind === 'newer') throw overwrittenElsewhere(run)
      if (isDead) return { kind: 'dead' }
      if (attempt >= run.options.attempts) throw error
      run.progress.retried()
      await run.clock.sleep(backoffMs(attempt, run.random.next(), askedDelayMs(error)), run.signal)
    }
  }
}

/**
 * Identifies the object that existed before the first Complete of an upload without a mark. Without this, we could
 * mistake it for our own. `undefined` if that is not known.
 */
async function storedBefore(run: Run, { intent }: OpenUpload): Promise<string | undefined> {
  const { completing } = run.checkpoint.state
  if (completing !== undefined) return completing.was
  if (intent.headers[nonceHeader] !== undefined) return undefined
  try {
    const head = await headOf(run)
    return head === undefined ? '' : versionOf(head)
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

/**
 * Where OSS may ignore `forbidOverwrite`, the object is looked for before each Complete.
 * @returns the upload's own object, which an earlier Complete has stored
 * @throws {OssError} `FileAlreadyExists`
 */
async function lookBefore(
  run: Run,
  expected: Expected,
  doubt: boolean,
): Promise<StoredObject | undefined> {
  if (run.overwriting.isEnforced) return undefined
  const look = await lookAtObject(run, expected, false).catch((error: unknown) => {
    // Where looking is refused, the result says so.
    if (error instanceof StateError) return { kind: 'absent' } as const
    throw error
  })
  if (look.kind === 'absent') return undefined
  // Before the first Complete, only the mark proves that an equal object is ours.
  const isProven = doubt || expected.nonce !== undefined
  if (look.kind === 'ours' && isProven) return look.object
  throw objectExists(run)
}

/**
 * An upload whose id the journal had lost may have other headers: it is of another owner, or of an earlier call. Its
 * object shows them. If they differ, the upload starts over.
 */
async function hasOtherHeaders(run: Run, { id, intent }: OpenUpload): Promise<boolean> {
  if (run.found.uploadId !== id) return false
  const head = await headOf(run).catch((error: unknown) => {
    if (isForbidden(error)) return undefined
    throw error
  })
  if (head === undefined || head.headers[nonceHeader] === intent.nonce) return false
  run.found.hasOtherHeaders = !describesSame(head, storedHeaders(intent))
  return run.found.hasOtherHeaders
}

/** What the object must be, from what was sent. @param parts in any order */
export function expectedObject(
  run: Run,
  upload: OpenUpload,
  parts: Iterable<ConfirmedPart>,
): Expected & { readonly crc64: bigint } {
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
    ...expectedOf(run, upload, run.checkpoint.state.completing),
  }
}

function inOrder(parts: Iterable<ConfirmedPart>): ConfirmedPart[] {
  return [...parts].sort((a, b) => a.partNumber - b.partNumber)
}

function sendComplete(
  run: Run,
  upload: OpenUpload,
  parts: readonly ConfirmedPart[],
): Promise<StoredObject> {
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
  // If OSS refuses to show the object, we trust the answer.
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
