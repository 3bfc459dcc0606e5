// Looks whether an object is the one that an upload was to make. Used wherever it is in doubt what
// OSS did: docs/internals/life-cycle.md, "Doubt".

import { OssError, StateError } from '../../errors.ts'
import { headObject } from '../../oss/head-object.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import { nonceHeader, type Run } from '../run/run.ts'

/** OSS goes on with Complete after the connection broke; after this long it is taken to have ended. */
const lookForMs = 30_000
const lookEveryMs = 1000

export interface Expected {
  readonly size: number
  /** Or how to find it out, where that takes reading: asked only if all else agrees. */
  readonly crc64: bigint | (() => Promise<bigint>)
  /** OSS's time of Initiate, epoch milliseconds. */
  readonly initiatedAt: number
  /** Set where overwriting is forbidden: the object must carry it. */
  readonly nonce: string | undefined
}

/** An object that is there, which does not say that it is the upload's own work: see `finish`. */
export type FoundObject = StoredObject & { readonly isFound: true }

/** `ours`: it is there. `other`: a newer one is. `absent`: neither, or an older one. */
export type Look = { kind: 'ours'; object: FoundObject } | { kind: 'other' } | { kind: 'absent' }

/**
 * @param patient looks for up to 30 s, since OSS may still be working
 * @throws {StateError} `COMPLETE_UNKNOWN` where HEAD is refused.
 */
export async function lookAtObject(run: Run, expected: Expected, patient: boolean): Promise<Look> {
  const until = run.clock.monotonic() + lookForMs
  for (;;) {
    const look = await lookOnce(run, expected)
    if (look.kind !== 'absent' || !patient || run.clock.monotonic() >= until) return look
    await run.clock.sleep(lookEveryMs, run.signal)
  }
}

async function lookOnce(run: Run, expected: Expected): Promise<Look> {
  const head = await run.requester
    .run({ operation: 'HeadObject', signal: run.signal }, call =>
      headObject(run.client, { key: run.key }, call),
    )
    .catch((error: unknown) => {
      if (!(error instanceof OssError)) throw error
      if (error.status === 404 && error.code !== 'NoSuchBucket') return undefined
      if (error.status !== 403) throw error
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
  const modifiedSecond = Math.floor(head.lastModified / 1000)
  const initiatedSecond = Math.floor(expected.initiatedAt / 1000)
  const same =
    head.size === expected.size &&
    // Should Last-Modified be the time of Initiate, it may lie in the second before its answer.
    modifiedSecond >= initiatedSecond - 1 &&
    (expected.nonce === undefined || head.headers[nonceHeader] === expected.nonce) &&
    head.crc64 === String(await knownOrRead(expected.crc64))
  if (same) {
    const { etag, crc64, versionId, requestId } = head
    return { kind: 'ours', object: { etag, crc64, versionId, requestId, isFound: true } }
  }
  return modifiedSecond > initiatedSecond ? { kind: 'other' } : { kind: 'absent' }
}

function knownOrRead(crc64: Expected['crc64']): bigint | Promise<bigint> {
  return typeof crc64 === 'bigint' ? crc64 : crc64()
}

/** What an upload ends with when somebody else wrote the key after it began. */
export function overwrittenElsewhere(run: Run): StateError {
  return new StateError(
    'OVERWRITTEN_ELSEWHERE',
    'Another object was stored under this key after this upload began; it was not overwritten',
    { key: run.key, hint: 'Run it again to store this source over it' },
  )
}
