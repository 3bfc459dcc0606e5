// Finishes an upload from its checkpoint alone. The checkpoint knows the source, the key and the headers of the object.
// With other headers, the upload would start again.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import { OptionError, StateError } from '../errors.ts'
import { quietly } from '../foreign/quietly.ts'
import type { CheckpointState } from '../journal/fold.ts'
import { otherOwner } from '../journal/ownership.ts'
import { foreignUploadOptions } from '../options/foreign-names.ts'
import {
  type CompleteOptions,
  completeOptions,
  type UploadOptions,
  type UploadResult,
  uploadRules,
} from '../options/upload-options.ts'
import type { JournalStore, Source } from '../ports.ts'
import { isOver } from '../upload/cleanup/given-up.ts'
import { sourceContent } from '../upload/content/source-content.ts'
import { storedHeaders } from '../upload/start/initiate.ts'
import { busyPauseMs } from '../upload/start/wait-for-owner.ts'
import { upload } from '../upload/upload.ts'
import { watchUpload } from '../upload/watch-upload.ts'
import { checkOptions, type RulesOf } from '../validation/check-options.ts'
import { type FoundCheckpoint, readCheckpoint } from './checkpoints.ts'
import { checkBelongs, discardCheckpoint } from './discard-checkpoint.ts'

/** The options of an upload that its checkpoint does not have. It has `acl`, which may be changed. */
export type ResumeOptions = Pick<
  UploadOptions,
  | 'signal'
  | 'onProgress'
  | 'onEvent'
  | 'partSize'
  | 'concurrency'
  | 'bandwidth'
  | 'verify'
  | 'acl'
  | 'callback'
  | 'callbackVariables'
  | 'wait'
  | 'attempts'
  | 'idleTimeoutMs'
  | 'offlineTimeoutMs'
>

export const resumeRules = {
  signal: uploadRules.signal,
  onProgress: uploadRules.onProgress,
  onEvent: uploadRules.onEvent,
  partSize: uploadRules.partSize,
  concurrency: uploadRules.concurrency,
  bandwidth: uploadRules.bandwidth,
  verify: uploadRules.verify,
  acl: uploadRules.acl,
  callback: uploadRules.callback,
  callbackVariables: uploadRules.callbackVariables,
  wait: uploadRules.wait,
  attempts: uploadRules.attempts,
  idleTimeoutMs: uploadRules.idleTimeoutMs,
  offlineTimeoutMs: uploadRules.offlineTimeoutMs,
} satisfies RulesOf<ResumeOptions>

/**
 * Finishes the upload of a checkpoint. Endpoint and credentials are those of the bucket.
 *
 * @param open opens the source by its id
 * @returns `undefined` if the upload was stored or given up before, and only pending aborts were left
 * @throws {OptionError} `NO_CHECKPOINT`, or `MISSING_CALLBACK`: a callback may hold a secret, so the
 * checkpoint does not have it
 * @throws {StateError} `NOT_BEGUN` if the checkpoint does not have the headers of the object
 * @throws the errors of an upload
 */
export async function resumeCheckpoint(
  bucket: Bucket,
  id: string,
  open: (sourceId: string, key: string) => Promise<Source>,
  options: ResumeOptions,
  store: JournalStore,
): Promise<UploadResult | undefined> {
  checkBucket(bucket)
  const { wait, ...once } = checkOptions(resumeRules, options, {
    name: 'options',
    owner: 'resumeCheckpoint',
    foreign: foreignUploadOptions,
  })
  for (let hasWaited = false; ; hasWaited = true) {
    const found = await readCheckpoint(store, id)
    if (found === undefined) {
      // The other owner has finished it while we waited.
      if (hasWaited) return undefined
      throw new OptionError('NO_CHECKPOINT', `There is no checkpoint ${id} in ${store.location}`, {
        options: ['id'],
        hint: 'It may be finished by now',
      })
    }
    try {
      return await resumeFound(bucket, id, found, open, once, store)
    } catch (error) {
      const owner = otherOwner(error)
      if (owner === undefined || wait !== true) throw error
      if (!hasWaited) quietly(() => once.onEvent?.({ type: 'waiting', ...owner }))
      await bucket.ports.clock.sleep(busyPauseMs, once.signal)
    }
  }
}

async function resumeFound(
  bucket: Bucket,
  id: string,
  { begin, state }: FoundCheckpoint,
  open: (sourceId: string, key: string) => Promise<Source>,
  options: ResumeOptions,
  store: JournalStore,
): Promise<UploadResult | undefined> {
  checkBelongs(bucket, id, begin)
  if (isOver(state)) {
    const { signal, onEvent } = options
    await discardCheckpoint(bucket, id, store, {
      ...(signal && { signal }),
      ...(onEvent && { onEvent }),
    })
    return undefined
  }
  const settled = settledOptions(state, options, store)
  options.signal?.throwIfAborted()
  await bucket.client.ready(options.signal)
  const source = await open(begin.source, begin.key)
  const job = {
    client: bucket.client,
    bucket: bucket.name,
    key: begin.key,
    place: begin.place,
    sourceId: begin.source,
    sourceName: source.name,
    options: settled,
    clock: bucket.ports.clock,
    random: bucket.ports.random,
    bindContext: bucket.ports.bindContext,
  }
  const content = sourceContent(job, source)
  return watchUpload(bucket, job, watched => upload(watched, content))
}

function settledOptions(
  { upload, intents, ending, begin }: CheckpointState,
  options: ResumeOptions,
  store: JournalStore,
): CompleteOptions {
  const intent = upload?.intent ?? [...intents.values()].at(-1)
  if (intent === undefined) {
    throw new StateError('NOT_BEGUN', 'Of this upload there is nothing at OSS to continue', {
      ...(begin && { key: begin.key }),
      hint: "Run the upload itself again: what the object's headers were to be is not known",
    })
  }
  if (ending?.callback === 1 && options.callback === undefined) {
    throw new OptionError('MISSING_CALLBACK', 'The upload was begun with a callback', {
      options: ['callback'],
      hint: nameOf =>
        `Give ${nameOf('callback')} again: it may hold a secret, so no checkpoint keeps it`,
    })
  }
  const acl = ending?.acl as UploadOptions['acl']
  const complete = completeOptions({ ...(acl && { acl }), ...options }, { checkpoint: store })
  return {
    ...complete,
    objectHeaders: storedHeaders(intent),
    forbidOverwrite: intent.headers['x-oss-forbid-overwrite'] === 'true',
  }
}
