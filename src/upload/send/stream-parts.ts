// Sends a stream in parts while it is read. Each part stays in memory until OSS has confirmed it, so that it can be
// sent again. The memory limit is the concurrency times the part size. If an earlier upload of the stream was
// interrupted, confirmed parts are compared while they are read, and not sent again.

import { Roster } from '../../async/roster.ts'
import { linkedStop } from '../../async/signals.ts'
import { isOssupError, OptionError, SourceError } from '../../errors.ts'
import { codeInBrackets } from '../../foreign/error.ts'
import { crc64 } from '../../hash/crc64.ts'
import { type OpenUpload, recordOf } from '../../journal/fold.ts'
import { partCountMax } from '../../limits.ts'
import type { ListedPart } from '../../oss/list-parts.ts'
import type { Part } from '../../plan/plan-parts.ts'
import { streamConcurrency, streamPartSize } from '../../plan/stream-part-size.ts'
import type { StreamSource } from '../../ports.ts'
import type { Connections } from '../../schedule/connections.ts'
import { readBlock } from '../../source/block-reader.ts'
import { memoryBody } from '../../source/part-body.ts'
import { hasEqualBytes } from '../check/reconcile.ts'
import type { Run } from '../run/run.ts'
import { md5OfBytes } from './content-md5.ts'
import { sendPart } from './send-part.ts'
import { uploadPartSender } from './upload-part-sender.ts'

export interface StreamParts {
  /** All bytes of the stream. */
  readonly size: number
  /** The number of parts. */
  readonly parts: number
}

export interface StreamPlan {
  readonly stream: StreamSource
  readonly base: number
  readonly grows: boolean
  /** Parts that OSS listed. A part that the journal does not have is kept if it is equal. */
  readonly listed: ReadonlyMap<number, ListedPart> | undefined
  readonly connections: Connections
  /**
   * Called with the number of bytes so far, and with true at the end: before the last bytes are sent, and before
   * later parts of an earlier upload are dropped. Throws if the stream has a wrong length.
   */
  readonly check: (size: number, isEnd: boolean) => void
}

/**
 * Reads the stream to its end and sends it. Resolves when all parts are confirmed.
 * @throws {SourceError} with the error of the stream as its cause; {OptionError} if 10,000 parts are not enough
 */
export async function sendStream(
  run: Run,
  upload: OpenUpload,
  plan: StreamPlan,
): Promise<StreamParts> {
  const stop = linkedStop(run.signal)
  const { signal } = stop
  const inFlight = new Roster<Promise<void>>()
  let failure: { error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
    stop.abort(error)
  }
  // One reader reads the stream and starts the workers; `Connections` only counts them.
  const workers = plan.connections.enter(() => {})
  workers.noWork()
  let partNumber = 0
  let position = 0
  try {
    for (;;) {
      const size = streamPartSize(partNumber + 1, plan.base, plan.grows)
      // The next block counts too: with it, that number of parts is in memory.
      const room = streamConcurrency(run.options.concurrency, size)
      while (inFlight.size >= Math.min(room, workers.share)) await Promise.race(inFlight)
      signal.throwIfAborted()
      const bytes = await nextBlock(run, plan.stream, partNumber + 1, size, signal)
      plan.check(position + bytes.length, bytes.length < size)
      // OSS keeps an empty object as one empty part.
      if (bytes.length === 0 && partNumber > 0) break
      partNumber++
      const part = { partNumber, position, size: bytes.length }
      position += bytes.length
      const crc = crc64(bytes)
      const isKnown = await isKept(run, part, { bytes, crc }, plan.listed)
      run.progress.addPart(part, isKnown)
      if (!isKnown) {
        const sender = uploadPartSender(run, {
          open: hooks => memoryBody(bytes, crc, hooks),
          isProven: () => true,
          md5: async () => md5OfBytes(bytes),
        })
        const toSend = { connections: plan.connections, part, sender, signal }
        const sending = sendPart(run, upload, toSend).then(() => {}, fail)
        inFlight.add(sending)
        workers.count = inFlight.size
        sending.finally(() => {
          inFlight.delete(sending)
          workers.count = inFlight.size
        })
      }
      if (bytes.length < size) break
    }
  } catch (error) {
    fail(error)
  }
  await Promise.all(inFlight)
  stop.leave()
  workers.leave()
  run.signal.throwIfAborted()
  if (failure !== undefined) throw failure.error
  await dropBeyond(run, partNumber)
  return { size: position, parts: partNumber }
}

async function nextBlock(
  run: Run,
  stream: StreamSource,
  partNumber: number,
  size: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const isBeyond = partNumber > partCountMax
  const buffer = new Uint8Array(isBeyond ? 1 : size)
  const filled = await readStream(run, stream, buffer, signal)
  if (filled > 0 && isBeyond) {
    throw new OptionError(
      'STREAM_TOO_LONG',
      `${run.sourceName} needs more than ${partCountMax} parts`,
      {
        key: run.key,
        options: ['sizeHint', 'partSize'],
        hint: 'Give sizeHint, about how long it may be, or a larger partSize',
      },
    )
  }
  return buffer.subarray(0, filled)
}

/** Fills `into` and resolves to the count, which is smaller than its length only at the end. */
export async function readStream(
  run: Run,
  stream: StreamSource,
  into: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  return orSourceFailed(run, signal, () => readBlock(stream, into, signal))
}

/** Turns an error of the stream into a `SourceError`, after which the checkpoint is kept. */
export async function orSourceFailed<T>(
  run: { readonly sourceName: string; readonly key: string },
  signal: AbortSignal,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    signal.throwIfAborted()
    if (isOssupError(error)) throw error
    throw new SourceError(
      'SOURCE_FAILED',
      `${run.sourceName} failed while it was read${codeInBrackets(error)}`,
      {
        key: run.key,
        cause: error,
        hint: 'Offer the stream again from its start: what is confirmed is verified, not sent again',
      },
    )
  }
}

/** True if OSS already has exactly these bytes as this part. */
async function isKept(
  run: Run,
  part: Part,
  { bytes, crc }: { readonly bytes: Uint8Array; readonly crc: bigint },
  listed: StreamPlan['listed'],
): Promise<boolean> {
  const { partNumber, position, size } = part
  const confirmed = run.checkpoint.state.parts.get(partNumber)
  if (confirmed?.position === position && confirmed.size === size && confirmed.crc64 === crc) {
    return true
  }
  if (confirmed !== undefined) await run.checkpoint.record({ t: 'drop', n: [partNumber] })
  const there = listed?.get(partNumber)
  if (there === undefined || !hasEqualBytes(bytes, there)) return false
  await run.checkpoint.record(recordOf({ ...part, etag: there.etag, crc64: crc }, true))
  return true
}

/** Drops later parts: the stream of an earlier upload may have been longer. */
async function dropBeyond(run: Run, last: number): Promise<void> {
  const beyond = [...run.checkpoint.state.parts.keys()].filter(number => number > last)
  if (beyond.length > 0) await run.checkpoint.record({ t: 'drop', n: beyond })
}
