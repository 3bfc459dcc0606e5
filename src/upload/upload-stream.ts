// One upload of a stream through its stages. It differs from upload.ts in what a stream cannot do: it
// is read once, so nothing of it can be mended; but it may be offered again, and then continues.

import { OssError, SourceError, StateError } from '../errors.ts'
import { crc64 } from '../hash/crc64.ts'
import type { OpenUpload } from '../journal/fold.ts'
import type { UploadResult } from '../options/upload-options.ts'
import type { ListedPart } from '../oss/list-parts.ts'
import type { StoredObject } from '../oss/stored-object.ts'
import { streamBaseSize } from '../plan/stream-part-size.ts'
import type { StreamSource } from '../ports.ts'
import { ProgressTracker } from '../progress/tracker.ts'
import type { Line } from '../schedule/line.ts'
import { peekable } from '../source/stream-source.ts'
import { lookAtObject, overwrittenElsewhere } from './check/look-at-object.ts'
import { checkOverwriting } from './check/overwrite-guard.ts'
import { dropRefused, dropUnlisted, listAllParts } from './check/reconcile.ts'
import { giveUp } from './cleanup/pending-aborts.ts'
import { isStreamOfParts } from './complete/compare-stream.ts'
import { complete, expectedObject } from './complete/complete.ts'
import { giveUpIfEndDiffers } from './complete/end-differs.ts'
import { finish, leave } from './complete/finish.ts'
import { warnIfNotAdopting } from './resume/adopt.ts'
import { adoptStream, type Offered, recoverStream } from './resume/recover-stream.ts'
import { type Job, openUpload, type Run } from './run/run.ts'
import { budgetFor, runAlone } from './run/running.ts'
import { putBytes } from './send/put-whole.ts'
import { orSourceFailed, type StreamPlan, sendStream } from './send/stream-parts.ts'
import {
  begin,
  headersStillFit,
  initiate,
  objectStillFits,
  recordBeginning,
  recordEnding,
} from './start/initiate.ts'
import { prepare } from './start/prepare.ts'

/** An upload of a stream. Streams are never shared: each call has its own. */
export interface StreamUpload extends Job {
  readonly stream: StreamSource
}

export function uploadStream(job: StreamUpload): Promise<UploadResult> {
  const budget = budgetFor(job)
  return runAlone(budget, () => runUpload(job, budget.line))
}

async function runUpload(job: StreamUpload, line: Line): Promise<UploadResult> {
  const { options, stream } = job
  const whole = peekable(stream)
  const signal = options.signal ?? new AbortController().signal
  const progress = new ProgressTracker(job.clock)
  progress.subscribe(options)
  let run: Run | undefined
  try {
    const length = expectedLength(job)
    progress.phase('preparing', length)
    const base = streamBaseSize(options.partSize, length ?? options.sizeHint)
    const peek = (size: number) => orSourceFailed(job, signal, () => whole.peek(size, signal))
    const first = await peek(base)
    const isWhole = first.length < base
    if (isWhole) checkLength(job, first.length, length, true)
    const isSmall = isWhole && first.length < options.multipartThreshold
    run = await prepare(job, isSmall, progress, signal)
    const result = isSmall
      ? await uploadWhole(run, first)
      : await uploadInParts(run, { stream: whole, peek, base, length, line })
    progress.close(result)
    return result
  } catch (error) {
    if (run !== undefined) await leave(run, error)
    throw error
  } finally {
    progress.close()
    // The producer of a stream may be stuck; closing the stream must not wait for it.
    stream.close().catch(() => {})
    // What the upload came to is known by now: no failure to close the checkpoint takes its place.
    await run?.checkpoint.close().catch(() => {})
  }
}

async function uploadWhole(run: Run, bytes: Uint8Array): Promise<UploadResult> {
  await checkOverwriting(run)
  if (run.checkpoint.state.upload !== undefined) await giveUp(run, 'the stream is shorter now')
  else warnIfNotAdopting(run)
  run.progress.phase('sending', bytes.length)
  const crc = crc64(bytes)
  const stored = await putBytes(run, bytes, crc)
  return finish(run, stored, crc, 0, bytes.length)
}

interface Cut extends Offered {
  /** The stream from its first byte. */
  readonly stream: StreamSource
  readonly length: number | undefined
  readonly line: Line
}

async function uploadInParts(run: Run, cut: Cut): Promise<UploadResult> {
  const { checkpoint, options } = run
  if (checkpoint.state.done === undefined) await recoverStream(run, cut)
  const check = (size: number, isEnd: boolean) => {
    if (isEnd || size > (cut.length ?? size)) checkLength(run, size, cut.length, isEnd)
  }
  const stored = await lookForEarlierEnd(run, false)
  if (stored !== undefined) return endAsStored(run, cut, stored, check)
  if (checkpoint.state.done !== undefined) {
    await giveUp(run, 'its object is not what is wanted now')
    await checkpoint.restart()
  }
  await checkOverwriting(run)
  const doubtful = checkpoint.state.completing !== undefined
  const begun = await beginOrResume(run, cut)
  if (begun.kind === 'stored') return endAsStored(run, cut, begun, check)
  const { upload, listed } = begun
  run.progress.phase('sending', cut.length)
  try {
    const sent = await sendStream(run, upload, {
      stream: cut.stream,
      // Split as the upload was begun, not by today's options.
      base: upload.intent.partSize,
      grows: cut.length === undefined && options.sizeHint === undefined,
      listed,
      line: cut.line,
      check,
    })
    await checkpoint.record({ t: 'source', size: sent.size, at: run.clock.now() })
    const completion = await complete(run, upload, doubtful)
    if (completion.kind === 'stored') {
      return finish(run, completion.object, completion.localCrc64, sent.parts, sent.size)
    }
    if (completion.kind === 'dead') await giveUp(run, 'OSS does not know the upload id any more')
    else {
      await dropUnlisted(run, await listAllParts(run, upload))
      await dropRefused(run, completion.error)
    }
  } catch (error) {
    if (!(error instanceof OssError) || error.code !== 'NoSuchUpload') throw error
    await giveUp(run, 'OSS does not know the upload id any more')
  }
  throw offerAgain(run, 'OSS lost parts of the stream')
}

function offerAgain({ key }: Run, why: string): StateError {
  return new StateError('OFFER_AGAIN', `${why}, and it cannot be read again here`, {
    key,
    retryable: true,
    hint: 'Offer the stream again from its start',
  })
}

/** An earlier run may have ended after the object was stored; then the stream only has to be the same. */
async function lookForEarlierEnd(run: Run, waits: boolean): Promise<Stored | undefined> {
  const { state } = run.checkpoint
  const { completing, upload } = state
  if (completing === undefined || upload === undefined) return undefined
  const expected = expectedObject(run, upload, [...state.parts.values()])
  const look = await lookAtObject(run, expected, waits)
  if (look.kind === 'newer' && state.done === undefined) throw overwrittenElsewhere(run)
  if (look.kind === 'absent' || look.kind === 'older') await giveUpIfEndDiffers(run)
  if (look.kind !== 'ours' || !objectStillFits(run)) return undefined
  return { kind: 'stored', object: look.object, size: expected.size, crc64: expected.crc64 }
}

/** The object exists: sends nothing, and checks that the stream has the bytes of the object. */
async function endAsStored(
  run: Run,
  cut: Cut,
  { object, size, crc64 }: Stored,
  check: StreamPlan['check'],
): Promise<UploadResult> {
  const { parts } = run.checkpoint.state
  run.progress.phase('verifying', cut.length)
  if (await isStreamOfParts(run, cut.stream, check)) {
    return finish(run, object, crc64, parts.size, size)
  }
  await giveUp(run, 'completed, and something else is wanted since')
  throw offerAgain(run, 'The stream is not the one that was stored before')
}

/** The object, which an earlier run had completed. */
interface Stored {
  readonly kind: 'stored'
  readonly object: StoredObject
  readonly size: number
  readonly crc64: bigint
}

interface Open {
  readonly kind: 'open'
  readonly upload: OpenUpload
  /** The parts that OSS has, where it says so. */
  readonly listed?: Map<number, ListedPart> | undefined
}

/** Leaves the run with a live upload id, unless its object is stored by now. */
async function beginOrResume(run: Run, cut: Cut): Promise<Open | Stored> {
  const { checkpoint } = run
  const { length } = cut
  if (checkpoint.state.upload !== undefined && !headersStillFit(run)) {
    await giveUp(run, 'the headers of the object are others now')
  }
  const { adopt } = run.options
  if (checkpoint.state.upload === undefined && adopt !== false) {
    await adoptStream(run, cut, adopt === 'force')
  }
  if (checkpoint.state.upload !== undefined) {
    const upload = openUpload(run)
    await recordBeginning(run)
    await recordEnding(run)
    try {
      const listed = await listAllParts(run, upload)
      await dropUnlisted(run, listed)
      const parts = [...checkpoint.state.parts.values()]
      const bytes = parts.reduce((sum, part) => sum + part.size, 0)
      run.progress.event({ type: 'resumed', uploadId: upload.id, bytes, parts: parts.length })
      return { kind: 'open', upload, listed }
    } catch (error) {
      if (!(error instanceof OssError) || error.code !== 'NoSuchUpload') throw error
      // OSS may have been at work on an earlier run's Complete when the object was first looked for.
      const stored = await lookForEarlierEnd(run, true)
      if (stored !== undefined) return stored
      await giveUp(run, 'OSS does not know the upload id any more')
    }
  }
  await begin(run, { size: length ?? 0 })
  const upload = await initiate(run, length ?? run.options.sizeHint ?? 0)
  return { kind: 'open', upload }
}

function expectedLength({ options, stream, key }: StreamUpload): number | undefined {
  const { expectedSize } = options
  if (expectedSize !== undefined && stream.size !== undefined && stream.size !== expectedSize) {
    throw new SourceError(
      'SOURCE_SIZE',
      `${stream.name} has ${stream.size} bytes, not ${expectedSize}`,
      {
        key,
        hint: 'Nothing was sent. Correct expectedSize, or look at what makes the stream',
      },
    )
  }
  return expectedSize ?? stream.size
}

function checkLength(
  { sourceName, key }: Pick<Job, 'sourceName' | 'key'>,
  size: number,
  expected: number | undefined,
  isEnd: boolean,
): void {
  if (expected === undefined || size === expected) return
  const what = isEnd
    ? `ended after ${size} bytes, not ${expected}`
    : `has more than ${expected} bytes`
  throw new SourceError('SOURCE_SIZE', `${sourceName} ${what}`, {
    key,
    hint: 'Nothing was stored. Offer the whole stream again: what is confirmed is not sent again',
  })
}
