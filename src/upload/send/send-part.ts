// Sends one part until OSS has confirmed it, and reports each attempt to the tuner of connections.

import { IntegrityError, NetworkError, OssupError } from '../../errors.ts'
import { type OpenUpload, recordOf } from '../../journal/fold.ts'
import type { CallOptions } from '../../oss/client.ts'
import type { Part } from '../../plan/plan-parts.ts'
import { backoffMs } from '../../schedule/backoff.ts'
import type { Attempt } from '../../schedule/concurrency.ts'
import type { Connections } from '../../schedule/connections.ts'
import type { Failures } from '../../schedule/requester.ts'
import { remedyFor } from '../../schedule/retryable.ts'
import { listedPart } from '../check/confirm-part.ts'
import type { Run } from '../run/run.ts'
import type { PartSender, TakenPart } from './part-sender.ts'
import { otherBytes } from './upload-part-sender.ts'

export interface PartToSend {
  readonly connections: Connections
  readonly part: Part
  readonly sender: PartSender
  readonly signal: AbortSignal
  /** The largest number of attempts. @default that of the options */
  readonly attempts?: number
  /**
   * Called after each break of a connection, with the number of breaks. If it returns a reason, the part goes back
   * to the queue and is not sent again unchanged.
   */
  readonly whyRequeue?: (breaks: number) => Requeue['why'] | undefined
}

/** The connection broke, and the part goes back to the queue. */
export interface Requeue {
  readonly kind: 'requeue'
  readonly why: 'too large' | 'too many connections'
  /** Milliseconds to wait before these bytes are sent again. */
  readonly delayMs: number
  /** How often the part was sent. */
  readonly attempts: number
}

/** The result of sending a part. */
export type PartOutcome = { readonly kind: 'confirmed' } | Requeue

/**
 * Sends one part until OSS has confirmed it, and journals it. If the answer has no CRC-64, it is read with ListParts.
 * If that is not permitted, the part is sent again with Content-MD5.
 */
export async function sendPart(
  run: Run,
  upload: OpenUpload,
  toSend: PartToSend,
): Promise<PartOutcome> {
  const { part, sender, signal } = toSend
  const { partNumber, position, size } = part
  const attemptsMax = toSend.attempts ?? run.options.attempts
  const failures: Failures = { count: 0 }
  const counted = { attempts: 0, breaks: 0, endedAt: run.clock.monotonic(), failures }
  for (;;) {
    const taken = await take(run, { ...toSend, attempts: attemptsMax }, upload.id, counted)
    if ('kind' in taken) return taken
    const { etag, crc64, proven, isVerified } = taken
    const listed = isVerified
      ? { etag, size, crc64: String(crc64) }
      : await listedPart(run, { uploadId: upload.id, partNumber }, signal)
    if (listed?.size === size && listed.crc64 === String(crc64)) {
      // An earlier attempt with the same bytes may have arrived last. Its ETag can be another one.
      const confirmed = { partNumber, position, size, etag: listed.etag, crc64 }
      await run.checkpoint.record(recordOf(confirmed, proven))
      run.progress.partConfirmed(part, counted.attempts)
      return { kind: 'confirmed' }
    }
    run.progress.partFailed(partNumber)
    run.progress.retried()
    if (listed?.crc64 === undefined || listed.etag !== etag) run.checksums.needMd5 = true
    else if (++failures.count >= attemptsMax) throw otherBytes(run, partNumber, sender.operation)
  }
}

/** Sums over all attempts at one part. */
interface Counted {
  attempts: number
  breaks: number
  /** When the last attempt ended. */
  endedAt: number
  /** Failed attempts, also those whose bytes were damaged on the way: they have one budget. */
  readonly failures: Failures
}

/** Repeats the request until OSS accepts the part, or until the part should go back to the queue. */
function take(
  run: Run,
  {
    connections,
    part,
    sender,
    signal,
    whyRequeue,
    attempts,
  }: PartToSend & { readonly attempts: number },
  uploadId: string,
  counted: Counted,
): Promise<TakenPart | Requeue> {
  const { partNumber } = part
  const { operation } = sender
  const { failures } = counted
  return run.requester.run({ operation, partNumber, signal, attempts, failures }, async call => {
    const attempt = ++counted.attempts
    run.progress.partStarted(partNumber)
    const timed = timeAttempt(run, connections, part, counted)
    const needMd5 = run.checksums.needMd5
    try {
      const onBytesSent = timed.onBytesSent
      const request = { uploadId, part, signal, needMd5, call: { ...call, onBytesSent } }
      const taken = await sender.send(request)
      timed.ended('confirmed')
      return taken
    } catch (error) {
      run.progress.partFailed(partNumber)
      signal.throwIfAborted()
      const outcome = outcomeOf(error)
      timed.ended(outcome)
      if (!(error instanceof OssupError) || outcome !== 'broken') throw error
      const why = attempt < attempts ? whyRequeue?.(++counted.breaks) : undefined
      if (why === undefined) throw error
      return requeue(run, { operation, partNumber }, why, { attempt, attempts, error })
    }
  })
}

/** Measures one attempt for the tuner. */
function timeAttempt(
  run: Run,
  connections: Connections,
  { partNumber, size }: Part,
  counted: Counted,
): Required<Pick<CallOptions, 'onBytesSent'>> & {
  ended(outcome: Attempt['outcome'] | undefined): void
} {
  const begunAt = run.clock.monotonic()
  // The pause before another attempt is part of what that attempt costs.
  const startedAt = counted.endedAt
  let sent = 0
  return {
    onBytesSent(bytes) {
      sent += bytes
      connections.moved(run.clock.monotonic(), bytes)
      run.progress.bytesSent(bytes, partNumber)
    },
    ended(outcome) {
      const endedAt = run.clock.monotonic()
      counted.endedAt = endedAt
      if (outcome === undefined) return
      const bytes = outcome === 'confirmed' ? size : 0
      const pausedMs = begunAt - startedAt
      connections.attemptEnded({ startedAt, endedAt, bytes, outcome }, { size, sent, pausedMs })
    },
  }
}

/** What an error shows about the network; `undefined` if nothing. */
export function outcomeOf(error: unknown): Attempt['outcome'] | undefined {
  const remedy = remedyFor(error)
  if (remedy === 'throttled') return 'throttled'
  const isBreak = error instanceof NetworkError || error instanceof IntegrityError
  return isBreak && remedy === 'again' ? 'broken' : undefined
}

function requeue(
  run: Run,
  { operation, partNumber }: { operation: string; partNumber: number },
  why: Requeue['why'],
  { attempt, attempts, error }: { attempt: number; attempts: number; error: OssupError },
): Requeue {
  const delayMs = backoffMs(1, run.random.next())
  const { code, message } = error
  const next = why === 'too large' ? 'is cut smaller' : 'waits for another connection'
  run.progress.retried()
  run.progress.event({
    type: 'retry',
    operation,
    partNumber,
    attempt,
    attemptsMax: attempts,
    delayMs,
    code,
    reason: `${message}; its range ${next}`,
  })
  return { kind: 'requeue', why, delayMs, attempts: attempt }
}
