// Sends parts, several at a time. A part is confirmed when OSS has answered with the CRC-64 of the
// bytes as they were sent, and the answer is in the journal.

import { IntegrityError } from '../errors.ts'
import { recordOf } from '../journal/fold.ts'
import { uploadPart } from '../oss/upload-part.ts'
import type { Part } from '../plan/plan-parts.ts'
import type { Identity } from '../ports.ts'
import { isSettled } from '../source/identity.ts'
import { type BodyHooks, type HashedBody, sourceBody } from '../source/part-body.ts'
import type { Run, SourceRun } from './run.ts'

/**
 * Sends the parts, `concurrency` at a time, in order. The first failure stops all others at once.
 * @throws the first failure.
 */
export async function sendParts(
  run: SourceRun,
  identity: Identity,
  parts: readonly Part[],
): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const waiting = parts[Symbol.iterator]()
  let failure: { error: unknown } | undefined
  const worker = async () => {
    try {
      for (const part of waiting) {
        const content = {
          open: (hooks: BodyHooks) => sourceBody(run.source, part, hooks),
          isProven: () => isSettled(identity, run.clock.now()),
        }
        await sendPart(run, part, content, signal)
      }
    } catch (error) {
      failure ??= { error }
      stop.abort(error)
    }
  }
  // Array iterators are shared by all workers and need no lock; `for…of` must not close them.
  const workers = Math.min(run.options.concurrency, parts.length)
  await Promise.all(Array.from({ length: workers }, worker))
  run.signal.throwIfAborted()
  if (failure !== undefined) throw failure.error
}

/** How the bytes of a part are read, for each attempt anew. */
export interface PartContent {
  open(hooks: BodyHooks): HashedBody
  /** False if what is read now may change later without a trace. */
  isProven(): boolean
}

/** Sends one part until OSS has confirmed it and the journal has it. */
export async function sendPart(
  run: Run,
  part: Part,
  content: PartContent,
  signal: AbortSignal,
): Promise<void> {
  const upload = run.checkpoint.state.upload
  if (upload === undefined) throw new Error('A part cannot be sent without an upload id')
  const { partNumber, position, size } = part
  let attempts = 0
  const { etag, crc64, proven } = await run.requester.run(
    { operation: 'UploadPart', partNumber, signal },
    async call => {
      attempts++
      run.progress.partStarted(partNumber)
      const proven = content.isProven()
      const body = content.open(bandwidthHook(run, signal))
      const onBytesSent = (bytes: number) => run.progress.bytesSent(bytes, partNumber)
      try {
        const answer = await uploadPart(
          run.client,
          { key: run.key, uploadId: upload.id, partNumber, body },
          { ...call, onBytesSent },
        )
        if (!body.isWhole || (answer.crc64 !== undefined && answer.crc64 !== body.crc64)) {
          throw new IntegrityError('CHECKSUM_MISMATCH', 'OSS received other bytes than were sent', {
            operation: 'UploadPart',
            key: run.key,
            partNumber,
            hint: 'The part is sent again; if it persists, suspect memory, disk or a proxy',
          })
        }
        return { etag: answer.etag, crc64: body.crc64, proven }
      } catch (error) {
        run.progress.partFailed(partNumber)
        throw error
      }
    },
  )
  await run.checkpoint.record(recordOf({ partNumber, position, size, etag, crc64 }, proven))
  run.progress.partConfirmed(part, attempts)
}

/** The limit of bytes a second, if there is one, as a hook of request bodies. */
export function bandwidthHook(run: Run, signal: AbortSignal = run.signal): BodyHooks {
  const { bandwidth } = run
  return bandwidth === undefined ? {} : { admit: wanted => bandwidth.admit(wanted, signal) }
}
