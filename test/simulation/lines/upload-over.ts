// Sends one object over a modelled line with the real engine: its queue of parts, its workers, its
// retries, its controller. Only the bytes are missing.

import { Checkpoint } from '../../../src/journal/checkpoint.ts'
import { completeOptions } from '../../../src/options/upload-options.ts'
import { OssClient } from '../../../src/oss/client.ts'
import { resolveAddress } from '../../../src/oss/endpoint.ts'
import { fitPartSize, type Part, planParts } from '../../../src/plan/plan-parts.ts'
import { ProgressTracker } from '../../../src/progress/tracker.ts'
import { makeRequester } from '../../../src/schedule/make-requester.ts'
import { openUpload } from '../../../src/upload/run/run.ts'
import { budgetFor } from '../../../src/upload/run/running.ts'
import { queueParts } from '../../../src/upload/send/queue-parts.ts'
import { sendParts } from '../../../src/upload/send/send-parts.ts'
import { uploadPartSender } from '../../../src/upload/send/upload-part-sender.ts'
import { Dice } from '../random.ts'
import { VirtualTime } from '../virtual-time.ts'
import type { LineModel } from './model.ts'
import { ModelledLine } from './modelled-line.ts'

export interface Setting {
  readonly concurrency: number | 'auto'
  readonly partSize: number | 'auto'
}

export interface Outcome {
  /** Milliseconds; infinite if the upload failed. */
  readonly ms: number
  /** Bytes that were sent and came to nothing. */
  readonly wasted: number
  readonly requests: number
  readonly parts: number
  readonly peakConnections: number
  readonly meanConnections: number
}

export async function uploadOver(
  model: LineModel,
  setting: Setting,
  onTarget?: (ms: number, target: number) => void,
  everyMs = 1000,
): Promise<Outcome> {
  const time = new VirtualTime()
  const wire = new ModelledLine(model, time)
  const clock = {
    now: () => Date.UTC(2026, 0, 1) + time.now,
    monotonic: () => time.now,
    sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms, signal),
  }
  const options = completeOptions(
    { ...setting },
    { checkpoint: false, contentType: 'application/octet-stream' },
  )
  const job = {
    client: new OssClient({
      address: resolveAddress({ name: 'examplebucket', region: 'cn-hangzhou' }),
      transport: wire,
      signer: { sign: async () => ({}) },
      clock,
    }),
    bucket: 'examplebucket',
    key: 'object',
    place: 'oss://cn-hangzhou/examplebucket',
    sourceId: 'file',
    sourceName: 'file',
    options,
    clock,
    random: new Dice(2, 'engine'),
  }
  const progress = new ProgressTracker(clock)
  const run = {
    ...job,
    signal: new AbortController().signal,
    checkpoint: new Checkpoint(undefined, clock),
    progress,
    requester: makeRequester(job, options, progress),
    bandwidth: undefined,
    checksums: { needMd5: false },
    found: { uploadId: undefined, hasOtherHeaders: false },
    overwriting: { isEnforced: true, hasLooked: false },
  }
  const plan = planParts(model.size, fitPartSize(model.size, options.partSize))
  const partSize = fitPartSize(model.size, options.partSize)
  await run.checkpoint.record(
    { t: 'intent', nonce: 'n', headers: {}, partSize, at: 0 },
    { t: 'upload', id: 'ID', nonce: 'n', at: 0 },
  )
  const { connections } = budgetFor(job)
  if (onTarget !== undefined) {
    const watch = () => {
      onTarget(time.now, connections.target)
      time.after(everyMs, watch)
    }
    watch()
  }
  let end: { error?: unknown } | undefined
  const senderOf = (part: Part) =>
    uploadPartSender(run, {
      open: () => unreadBody(part.size),
      isProven: () => true,
      md5: async () => '',
    })
  const upload = openUpload(run)
  sendParts(
    run,
    upload,
    connections,
    queueParts(run, connections, plan, model.size),
    senderOf,
  ).then(
    () => {
      end = {}
    },
    error => {
      end = { error }
    },
  )
  await time.drive(() => end !== undefined, 3_000_000)
  if (end === undefined) throw new Error(`${model.name}: the upload does not end`)
  return {
    ms: end.error === undefined ? time.now : Number.POSITIVE_INFINITY,
    wasted: wire.wasted,
    requests: wire.requests,
    parts: run.checkpoint.state.parts.size,
    peakConnections: wire.peak,
    meanConnections: wire.meanConnections,
  }
}

/** A body whose bytes are not produced: one call of `read` represents all of it. */
function unreadBody(size: number) {
  let isWhole = false
  return {
    size,
    crc64: 0n,
    get isWhole() {
      return isWhole
    },
    async read() {
      isWhole = true
      return size
    },
  }
}
