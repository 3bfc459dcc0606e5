// Sends a small source in one PutObject. There is nothing to resume. OSS stores nothing before the last buffer is
// sent, and that buffer is sent only after another look at the source.

import { IntegrityError, OssError, SourceError } from '../../errors.ts'
import { allocateHashable, freeHashable } from '../../hash/crc64.ts'
import { putObject } from '../../oss/put-object.ts'
import type { StoredObject } from '../../oss/stored-object.ts'
import type { Identity } from '../../ports.ts'
import { backoffMs } from '../../schedule/backoff.ts'
import { askedDelayMs, isInDoubt } from '../../schedule/retryable.ts'
import { describeDifference, provenFrom, sameIdentity } from '../../source/identity.ts'
import {
  type BodyHooks,
  type HashedBody,
  hashRange,
  memoryBody,
  sourceBody,
} from '../../source/part-body.ts'
import { withCrc64 } from '../check/confirm-stored.ts'
import { expectNoObject } from '../check/expect-no-object.ts'
import { lookAtObject } from '../check/look-at-object.ts'
import { headersOfWhole, makeNonce, type Run, type SourceRun } from '../run/run.ts'
import { md5OfBytes, md5OfRange } from './content-md5.ts'
import { measureRequest } from './measure-request.ts'
import { bandwidthHook } from './upload-part-sender.ts'

export interface WholeObject extends StoredObject {
  readonly localCrc64: bigint
}

/**
 * Sends the current source.
 * @param seenAt when its identity was read
 * @throws {SourceError} `SOURCE_CHANGED` if it changed while it was sent; then nothing was stored
 */
export async function putWhole(
  run: SourceRun,
  identity: Identity,
  seenAt: number,
): Promise<WholeObject> {
  const range = { position: 0, size: identity.size }
  const free = await run.shared?.singleRequests.acquire(run.signal)
  try {
    if (range.size === 0) await expectUnchanged(run, identity, { crc64: 0n, isProven: false })
    return await put(run, range.size, {
      open: hooks => {
        // Later changes show in the timestamps only if the timestamps are old enough now, at the start.
        const isProven =
          run.options.verify === 'auto' && provenFrom(identity, seenAt) <= run.clock.now()
        return sourceBody(run.source, range, {
          ...hooks,
          beforeEnd: crc64 => expectUnchanged(run, identity, { crc64, isProven }),
        })
      },
      md5: () => md5OfRange(run.source, range, run.signal),
    })
  } finally {
    free?.()
  }
}

/** Sends bytes in memory. */
export function putBytes(run: Run, bytes: Uint8Array, crc: bigint): Promise<WholeObject> {
  return put(run, bytes.length, {
    open: hooks => memoryBody(bytes, crc, hooks),
    md5: async () => md5OfBytes(bytes),
  })
}

/** The bytes of a whole object, read again for each attempt. */
interface WholeContent {
  open(hooks: BodyHooks): HashedBody
  /** The value of its Content-MD5 header. */
  md5(): Promise<string>
}

async function put(run: Run, size: number, content: WholeContent): Promise<WholeObject> {
  const nonce = makeNonce(run.random)
  const sending = { size, content, nonce, repeatable: run.overwriting.isEnforced }
  for (let damaged = 0; ; ) {
    const stored = await (sending.repeatable ? putOnce(run, sending) : putGuarded(run, sending))
    if (stored.crc64 !== undefined) return stored
    const known = { ...(await withCrc64(run, stored)), localCrc64: stored.localCrc64 }
    if (known.crc64 === String(known.localCrc64)) return known
    // With `forbidOverwrite` the stored object must not be replaced, so it is not sent again.
    const { forbidOverwrite, attempts } = run.options
    if (known.crc64 === undefined) {
      if (run.checksums.needMd5 || forbidOverwrite) return known
      run.checksums.needMd5 = true
    } else if (forbidOverwrite) throw damagedOnTheWay(run)
    else if (++damaged >= attempts) throw otherBytes(run)
    run.progress.wholeFailed()
    run.progress.retried()
  }
}

/** If OSS may ignore `forbidOverwrite`: looks for the object before each attempt that may store one. */
async function putGuarded(run: Run, sending: Sending): Promise<WholeObject> {
  for (let attempt = 1; ; attempt++) {
    await expectNoObject(run)
    try {
      return await putOnce(run, sending)
    } catch (error) {
      if (!isInDoubt(error) || attempt >= run.options.attempts) throw error
      run.progress.retried()
      await run.clock.sleep(backoffMs(attempt, run.random.next(), askedDelayMs(error)), run.signal)
    }
  }
}

interface Sending {
  readonly size: number
  readonly content: WholeContent
  readonly nonce: string
  /** False: an attempt that may have stored the object is only repeated after a look at the object. */
  readonly repeatable: boolean
}

async function putOnce(
  run: Run,
  { size, content, nonce, repeatable }: Sending,
): Promise<WholeObject> {
  const headers = { ...headersOfWhole(run, nonce), ...run.options.completeHeaders }
  /** CRC-64 of the bytes of an attempt that may have stored the object. */
  let doubtful: bigint | undefined
  /** CRC-64 of the bytes of an attempt that was sent whole. */
  let sent: bigint | undefined
  const meter = run.shared && measureRequest(run.shared.budget.connections, run.clock, size)
  try {
    const request = { operation: 'PutObject', signal: run.signal, repeatable }
    return await run.requester.run(request, async call => {
      const md5 = run.checksums.needMd5 ? { 'content-md5': await content.md5() } : {}
      const body = content.open(bandwidthHook(run))
      meter?.began()
      const onBytesSent = (bytes: number) => {
        meter?.sent(bytes)
        run.progress.bytesSent(bytes)
      }
      try {
        const stored = await putObject(
          run.client,
          {
            key: run.key,
            body: size === 0 ? new Uint8Array() : body,
            headers: { ...headers, ...md5 },
          },
          { ...call, onBytesSent },
        )
        if (!body.isWhole || (stored.crc64 !== undefined && stored.crc64 !== String(body.crc64))) {
          throw otherBytes(run)
        }
        meter?.ended()
        return { ...stored, localCrc64: body.crc64 }
      } catch (error) {
        run.progress.wholeFailed()
        if (!run.signal.aborted) meter?.ended(error)
        // After a wrong checksum, the body or only the answer was damaged on the way.
        const isOpen = error instanceof IntegrityError || isInDoubt(error)
        if (body.isWhole) sent = body.crc64
        if (isOpen && body.isWhole) doubtful = body.crc64
        throw error
      }
    })
  } catch (error) {
    // An attempt with an unknown result may have stored the object that OSS now refuses to replace.
    const inOwnWay = error instanceof OssError && error.code === 'FileAlreadyExists'
    const isOpen = inOwnWay || (!repeatable && isInDoubt(error))
    const { forbidOverwrite } = run.options
    // The network may repeat a request too: then OSS refuses the second copy, and only its answer arrives.
    const isSure = inOwnWay && doubtful === undefined
    const crc64 = isSure && forbidOverwrite ? sent : doubtful
    if (!isOpen || crc64 === undefined) throw error
    if (inOwnWay && !forbidOverwrite) throw unproven(run, error)
    let isMarked = false
    // Only the mark decides, because no start time is known.
    const expected = {
      size,
      initiatedAt: 0,
      nonce,
      crc64: async () => {
        isMarked = true
        return crc64
      },
    }
    const look = await lookAtObject(run, expected, false).catch((unknown: unknown) => {
      throw inOwnWay && !isSure ? unknown : error
    })
    if (look.kind === 'ours') return { ...look.object, localCrc64: crc64 }
    throw isMarked ? damagedOnTheWay(run) : error
  }
}

function otherBytes({ key }: Run): IntegrityError {
  return new IntegrityError('CHECKSUM_MISMATCH', 'OSS stored other bytes than were sent', {
    operation: 'PutObject',
    key,
    hint: 'If it persists, suspect memory, disk or a proxy',
  })
}

/** The error if a rule of the bucket refuses to replace an object that one of our attempts may have stored. */
function unproven({ bucket, key }: Run, cause: OssError): OssError {
  return new OssError(
    'FileAlreadyExists',
    'The bucket does not allow to overwrite the object, which may be of an attempt that was not answered',
    {
      status: cause.status,
      operation: 'PutObject',
      bucket,
      key,
      cause,
      hint: 'Compare the object with the source: if they are equal, nothing is left to do',
    },
  )
}

/** The error for an object with our mark but with other bytes. */
function damagedOnTheWay(run: Run): IntegrityError {
  return new IntegrityError(
    'CHECKSUM_MISMATCH',
    'The object was damaged on its way and must not be overwritten',
    {
      operation: 'PutObject',
      key: run.key,
      hint: 'Do not trust the object: remove it and run it again. If it persists, suspect memory, disk or a proxy',
    },
  )
}

/** @param isProven true if equal timestamps are enough; otherwise the content is read again */
async function expectUnchanged(
  run: SourceRun,
  before: Identity,
  { crc64, isProven }: { crc64: bigint; isProven: boolean },
): Promise<void> {
  const now = await run.source.identity()
  if (!sameIdentity(before, now)) throw changed(run, describeDifference(before, now))
  if (isProven) return
  const buffer = allocateHashable(256 * 1024)
  try {
    const range = { position: 0, size: now.size }
    if ((await hashRange(run.source, range, buffer, run.signal)) !== crc64) {
      throw changed(run, 'its content changed')
    }
  } finally {
    freeHashable(buffer)
  }
}

function changed(run: SourceRun, what: string): SourceError {
  return new SourceError(
    'SOURCE_CHANGED',
    `${run.source.name} changed while it was sent: ${what}`,
    {
      hint: 'Nothing was stored. Let the writer finish, then run it again',
    },
  )
}
