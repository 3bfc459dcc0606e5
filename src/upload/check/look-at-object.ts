// Checks whether an object is the result of our upload. Used when we do not know what OSS did:
// docs/internals/life-cycle.md, "Doubt".

import { StateError } from '../../errors.ts'
import type { CheckpointState, OpenUpload } from '../../journal/fold.ts'
import { headObject, type ObjectHead } from '../../oss/head-object.ts'
import { isForbidden, isMissing } from '../../oss/refusal.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import { nonceHeader, type Run } from '../run/run.ts'
import { describesSame } from './describes-same.ts'

/** OSS continues a Complete after the connection broke. After this time we assume that it has ended. */
const lookForMs = 30_000
const lookEveryMs = 1000

/** The properties of the object that the upload makes. */
export interface Expected {
  /** Size of the object in bytes. */
  readonly size: number
  /** CRC-64, or a function that computes it by reading. It is called only if all other properties agree. */
  readonly crc64: bigint | (() => Promise<bigint>)
  /** OSS's time of Initiate, epoch milliseconds. */
  readonly initiatedAt: number
  /** The mark of the upload's Initiate: an object with this mark is ours. */
  readonly nonce: string | undefined
  /**
   * Headers of the object. With them, a newer object of another writer counts too, if it has the same bytes
   * and HEAD shows no difference.
   */
  readonly alike?: Readonly<Record<string, string>> | undefined
  /** For an upload without a mark: `versionOf` the object under the key before Complete. */
  readonly before?: string | undefined
}

/** The properties of an upload's object: with the headers of its Initiate, not those of today's options. */
export function expectedOf(
  { options }: Run,
  { intent, initiatedAt }: OpenUpload,
  completing: CheckpointState['completing'],
): Pick<Expected, 'initiatedAt' | 'nonce' | 'alike' | 'before'> {
  const { [nonceHeader]: nonce, 'x-oss-forbid-overwrite': forbids, ...headers } = intent.headers
  // HEAD shows neither the ACL nor the callback. The headers of an adopted upload are unknown.
  const hasMore = forbids !== undefined || Object.keys(options.completeHeaders).length > 0
  const alike = nonce === undefined || hasMore ? undefined : headers
  return { initiatedAt, nonce, alike, before: completing?.was }
}

/** An object with the right properties. Our own Complete or another one stored it: see `finish`. */
export type FoundObject = StoredObject & { readonly isFound: true }

/**
 * `ours`: our object is stored. `outdated`: an object with our mark and other bytes, from an earlier Complete of ours:
 * the source has changed since, or the record was damaged. `newer`, `older`: another object, newer or older than Initiate. `absent`: no object.
 */
export type Look =
  | { readonly kind: 'ours'; readonly object: FoundObject }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'newer' }
  | { readonly kind: 'older' }
  | { readonly kind: 'absent' }

/**
 * Looks at the object under the upload's key.
 * @param waits looks again for up to 30 s while the object is absent, because OSS may still be working
 * @throws {StateError} `COMPLETE_UNKNOWN` where HEAD is refused.
 */
export async function lookAtObject(run: Run, expected: Expected, waits: boolean): Promise<Look> {
  const until = run.clock.monotonic() + lookForMs
  for (;;) {
    const look = await lookOnce(run, expected)
    const isMissing = look.kind === 'absent' || look.kind === 'older'
    if (!isMissing || !waits || run.clock.monotonic() >= until) return look
    await run.clock.sleep(lookEveryMs, run.signal)
  }
}

/** Asks for the object by HEAD. Resolves to `undefined` if it does not exist. */
export async function headOf(run: Run): Promise<ObjectHead | undefined> {
  try {
    const head = await run.requester.run({ operation: 'HeadObject', signal: run.signal }, call =>
      headObject(run.client, { key: run.key }, call),
    )
    run.overwriting.hasLooked = true
    return head
  } catch (error) {
    if (!isMissing(error)) throw error
    run.overwriting.hasLooked = true
    return undefined
  }
}

/** A value that changes when another object replaces this one. */
export function versionOf({ etag, lastModified, versionId = '' }: ObjectHead): string {
  return `${etag} ${lastModified} ${versionId}`
}

async function lookOnce(run: Run, expected: Expected): Promise<Look> {
  const head = await headOf(run).catch((error: unknown) => {
    if (!isForbidden(error)) throw error
    throw new StateError(
      'COMPLETE_UNKNOWN',
      'OSS may have stored the object, but reading it is refused',
      {
        key: run.key,
        hint: 'Look at the object with other credentials, or grant oss:GetObject and run it again',
        cause: error,
      },
    )
  })
  if (head === undefined) return { kind: 'absent' }
  if (await isOurs(run, head, expected)) {
    const { etag, crc64, versionId, requestId } = head
    return { kind: 'ours', object: { etag, crc64, versionId, requestId, isFound: true } }
  }
  // With the mark and other bytes, a Complete of this upload id has stored it: ours, or that of another owner.
  if (hasMark(head, expected)) {
    const { damaged, state } = run.checkpoint
    const isOurs = damaged > 0 || state.completed.has(head.crc64 ?? '')
    return { kind: isOurs ? 'outdated' : 'newer' }
  }
  return { kind: secondOf(head.lastModified) > secondOf(expected.initiatedAt) ? 'newer' : 'older' }
}

async function isOurs(run: Run, head: ObjectHead, expected: Expected): Promise<boolean> {
  const { size, nonce, before, alike, initiatedAt } = expected
  if (head.size !== size) return false
  if (hasMark(head, expected)) {
    // Some answers have no CRC-64. The mark proves that this upload made the object, from these bytes.
    const isOfBytesSent = typeof expected.crc64 === 'bigint'
    return (isOfBytesSent && head.crc64 === undefined) || (await hasCrc64(head, expected))
  }
  const seconds = secondOf(head.lastModified) - secondOf(initiatedAt)
  if (alike !== undefined) {
    return seconds > 0 && describesSame(head, alike) && (await hasCrc64(head, expected))
  }
  if (nonce !== undefined || versionOf(head) === before) return false
  // Without a mark and without a Complete of ours, nothing proves who stored equal bytes.
  if (run.options.forbidOverwrite && before === undefined) return false
  // If Last-Modified is the time of Initiate, it may be in the second before its answer.
  return seconds >= -1 && (await hasCrc64(head, expected))
}

function hasMark({ headers }: ObjectHead, { nonce }: Expected): boolean {
  return nonce !== undefined && headers[nonceHeader] === nonce
}

async function hasCrc64(head: ObjectHead, { crc64 }: Expected): Promise<boolean> {
  return head.crc64 === String(typeof crc64 === 'bigint' ? crc64 : await crc64())
}

function secondOf(moment: number): number {
  return Math.floor(moment / 1000)
}

/** The error for an object that another writer stored after our upload had started. */
export function overwrittenElsewhere(run: Run): StateError {
  return new StateError(
    'OVERWRITTEN_ELSEWHERE',
    'Another object was stored under this key after this upload began; it was not overwritten',
    { key: run.key, hint: 'Run it again to store this source over it' },
  )
}
