// Sends one part until OSS has confirmed it, and tells the line how each attempt went.

import { IntegrityError, NetworkError, OssupError } from '../../errors.ts'
import { recordOf } from '../../journal/fold.ts'
import { uploadPart } from '../../oss/upload-part.ts'
import type { Part } from '../../plan/plan-parts.ts'
import { backoffMs } from '../../schedule/backoff.ts'
import type { Attempt } from '../../schedule/concurrency.ts'
import type { Line } from '../../schedule/line.ts'
import { remedyFor } from '../../schedule/retryable.ts'
import type { BodyHooks, HashedBody } from '../../source/part-body.ts'
import { listedCrc64 } from '../check/confirm-part.ts'
import type { Run } from '../run/run.ts'

/** How the bytes of a part are read, for each attempt anew. */
export interface PartContent {
  open(hooks: BodyHooks): HashedBody
  /** False if what is read now may change later without a trace. */
  isProven(): boolean
  /** The value of its Content-MD5 header. */
  md5(signal: AbortSignal): Promise<string>
}

export interface PartToSend {
  readonly line: Line
  readonly part: Part
  readonly content: PartContent
  readonly signal: AbortSignal
  /** How often it may be tried; if not given, as often as a request is otherwise. */
  readonly attempts?: number
  /**
   * Asked when a connection broke, for the `breaks`th time: why the part had better be given back than
   * sent again as it is, if it had.
   */
  readonly whyGiveBack?: (breaks: number) => GivenBack['why'] | undefined
}

/** A connection broke, and the part is not sent again as it is by this worker. */
export class GivenBack {
  readonly why: 'too large' | 'too many connections'
  /** To wait before another attempt at its bytes. */
  readonly delayMs: number
  /** How often it was sent. */
  readonly attempts: number

  constructor(why: GivenBack['why'], delayMs: number, attempts: number) {
    this.why = why
    this.delayMs = delayMs
    this.attempts = attempts
  }
}

/** A part that OSS took, and what its answer says of its bytes. */
interface TakenPart {
  readonly etag: string
  /** Of the bytes as they were sent. */
  readonly crc64: bigint
  readonly proven: boolean
  /** OSS compared Content-MD5, or gave an equal CRC-64. */
  readonly isVerified: boolean
}

/**
 * Sends one part until OSS has confirmed it and the journal has it. Where the answer has no CRC-64, OSS is
 * asked for it, and where that is not permitted, the part is sent again with Content-MD5.
 * @throws {GivenBack} instead of trying again
 */
export async function sendPart(run: Run, toSend: PartToSend): Promise<void> {
  const { part, signal } = toSend
  const { upload } = run.checkpoint.state
  if (upload === undefined) throw new Error('A part cannot be sent without an upload id')
  const { partNumber, position, size } = part
  const attemptsMax = toSend.attempts ?? run.options.attempts
  const counted = { attempts: 0, breaks: 0, endedAt: run.clock.monotonic() }
  for (let damaged = 0; ; ) {
    const { etag, crc64, proven, isVerified } = await take(run, toSend, upload.id, counted)
    const known = isVerified
      ? String(crc64)
      : await listedCrc64(run, { uploadId: upload.id, partNumber, etag }, signal)
    if (known === String(crc64)) {
      await run.checkpoint.record(recordOf({ partNumber, position, size, etag, crc64 }, proven))
      run.progress.partConfirmed(part, counted.attempts)
      return
    }
    run.progress.partFailed(partNumber)
    run.progress.retried()
    if (known === undefined) run.checksums.needMd5 = true
    else if (++damaged >= attemptsMax) throw otherBytes(run, partNumber)
  }
}

async function take(
  run: Run,
  { line, part, content, signal, whyGiveBack, attempts }: PartToSend,
  uploadId: string,
  counted: { attempts: number; breaks: number; endedAt: number },
): Promise<TakenPart> {
  const attemptsMax = attempts ?? run.options.attempts
  const { partNumber, size } = part
  return run.requester.run(
    { operation: 'UploadPart', partNumber, signal, attempts: attemptsMax },
    async call => {
      const attempt = ++counted.attempts
      run.progress.partStarted(partNumber)
      const proven = content.isProven()
      const md5 = run.checksums.needMd5 ? await content.md5(signal) : undefined
      const body = content.open(bandwidthHook(run, signal))
      const begunAt = run.clock.monotonic()
      // The pause before another attempt is part of what that attempt costs.
      const startedAt = counted.endedAt
      let sent = 0
      const onBytesSent = (bytes: number) => {
        sent += bytes
        line.moved(run.clock.monotonic(), bytes)
        run.progress.bytesSent(bytes, partNumber)
      }
      const ended = (outcome: Attempt['outcome'] | undefined) => {
        const endedAt = run.clock.monotonic()
        counted.endedAt = endedAt
        if (outcome === undefined) return
        const bytes = outcome === 'confirmed' ? size : 0
        const pausedMs = begunAt - startedAt
        line.attemptEnded({ startedAt, endedAt, bytes, outcome }, { size, sent, pausedMs })
      }
      try {
        const headers = md5 === undefined ? {} : { headers: { 'content-md5': md5 } }
        const answer = await uploadPart(
          run.client,
          { key: run.key, uploadId, partNumber, body, ...headers },
          { ...call, onBytesSent },
        )
        if (!body.isWhole || (answer.crc64 !== undefined && answer.crc64 !== String(body.crc64))) {
          throw otherBytes(run, partNumber)
        }
        ended('confirmed')
        const isVerified = answer.crc64 !== undefined || md5 !== undefined
        return { etag: answer.etag, crc64: body.crc64, proven, isVerified }
      } catch (error) {
        run.progress.partFailed(partNumber)
        signal.throwIfAborted()
        const outcome = outcomeOf(error)
        ended(outcome)
        if (!(error instanceof OssupError) || outcome !== 'broken') throw error
        const why = attempt < attemptsMax ? whyGiveBack?.(++counted.breaks) : undefined
        if (why === undefined) throw error
        throw giveBack(run, part, why, { attempt, attemptsMax, error })
      }
    },
  )
}

function otherBytes({ key }: Run, partNumber: number): IntegrityError {
  return new IntegrityError('CHECKSUM_MISMATCH', 'OSS received other bytes than were sent', {
    operation: 'UploadPart',
    key,
    partNumber,
    hint: 'The part is sent again; if it persists, suspect memory, disk or a proxy',
  })
}

/** What an error says about the line; `undefined` if nothing. */
export function outcomeOf(error: unknown): Attempt['outcome'] | undefined {
  const remedy = remedyFor(error)
  if (remedy === 'throttled') return 'throttled'
  const isBreak = error instanceof NetworkError || error instanceof IntegrityError
  return isBreak && remedy === 'again' ? 'broken' : undefined
}

function giveBack(
  run: Run,
  { partNumber }: Part,
  why: GivenBack['why'],
  { attempt, attemptsMax, error }: { attempt: number; attemptsMax: number; error: OssupError },
): GivenBack {
  const delayMs = backoffMs(1, run.random.next())
  const { code, message } = error
  const next = why === 'too large' ? 'is cut smaller' : 'waits for another connection'
  run.progress.retried()
  run.progress.event({
    type: 'retry',
    operation: 'UploadPart',
    partNumber,
    attempt,
    attemptsMax,
    delayMs,
    code,
    reason: `${message}; its range ${next}`,
  })
  return new GivenBack(why, delayMs, attempt)
}

/** The limit of bytes a second, if there is one, as a hook of request bodies. */
export function bandwidthHook(run: Run, signal: AbortSignal = run.signal): BodyHooks {
  const { bandwidth } = run
  return bandwidth === undefined ? {} : { admit: wanted => bandwidth.admit(wanted, signal) }
}
