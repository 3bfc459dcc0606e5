// Gives up an unfinished upload: aborts all its uploads at OSS, then removes its checkpoint.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import { JournalError, OptionError } from '../errors.ts'
import { journalName } from '../journal/name.ts'
import type { BeginRecord } from '../journal/record.ts'
import { foreignUploadOptions } from '../options/foreign-names.ts'
import { retryRules } from '../options/retry-options.ts'
import { completeOptions, type UploadOptions, uploadRules } from '../options/upload-options.ts'
import type { JournalStore } from '../ports.ts'
import { ProgressTracker } from '../progress/tracker.ts'
import { discarded } from '../upload/cleanup/given-up.ts'
import { cleanUp, giveUp } from '../upload/cleanup/pending-aborts.ts'
import { prepare } from '../upload/start/prepare.ts'
import { type Checked, checkOptions, type RulesOf } from '../validation/check-options.ts'
import { readCheckpoint } from './checkpoints.ts'

/** Options of the requests that clean up. */
export type TidyOptions = Pick<
  UploadOptions,
  'signal' | 'onEvent' | 'attempts' | 'idleTimeoutMs' | 'offlineTimeoutMs'
>

export const tidyRules = {
  signal: uploadRules.signal,
  onEvent: uploadRules.onEvent,
  ...retryRules,
} satisfies RulesOf<TidyOptions>

/** @throws {OptionError} naming the option, the value and the allowed values. */
export function checkTidyOptions(given: unknown): Checked<typeof tidyRules> {
  return checkOptions(tidyRules, given, { name: 'options', foreign: foreignUploadOptions })
}

/**
 * Gives up the upload of a source, aborts its uploads at OSS, and removes its checkpoint.
 * @returns false if there was no checkpoint
 * @throws {JournalError} `UPLOAD_BUSY` while it runs; {OssError} if OSS refuses: the checkpoint stays.
 */
export async function discardUpload(
  bucket: Bucket,
  key: string,
  sourceId: string,
  store: JournalStore,
  options: TidyOptions = {},
): Promise<boolean> {
  checkBucket(bucket)
  const { place } = bucket
  if ((await store.read(journalName(place, key, sourceId))) === undefined) return false
  await discard(bucket, { key, place, source: sourceId }, store, options)
  return true
}

/**
 * The same with the id of the checkpoint, and any `Bucket` that leads to the upload's bucket.
 * @throws {JournalError} also `JOURNAL_UNREADABLE`: then we do not know what to abort
 */
export async function discardCheckpoint(
  bucket: Bucket,
  id: string,
  store: JournalStore,
  options: TidyOptions = {},
): Promise<boolean> {
  checkBucket(bucket)
  const found = await readCheckpoint(store, id)
  if (found === undefined) return false
  checkBelongs(bucket, id, found.begin)
  await discard(bucket, found.begin, store, options)
  return true
}

/**
 * Makes sure that the checkpoint can be read and belongs to that bucket.
 * @throws {OptionError} `WRONG_BUCKET`; {JournalError} `JOURNAL_UNREADABLE`
 */
export function checkBelongs(bucket: Bucket, id: string, begin: BeginRecord): void {
  if (bucket.name !== begin.bucket) {
    throw new OptionError('WRONG_BUCKET', `The bucket is ${bucket.name}, not ${begin.bucket}`, {
      options: ['bucket'],
      hint: `The checkpoint ${id} is of an upload to ${begin.bucket}`,
    })
  }
  if (journalName(begin.place, begin.key, begin.source) === id) return
  throw new JournalError('JOURNAL_UNREADABLE', `The checkpoint ${id} was given another name`, {
    hint: `It is of ${begin.source}. Give its file the old name, or run that upload again`,
  })
}

async function discard(
  bucket: Bucket,
  { key, place, source }: Pick<BeginRecord, 'key' | 'place' | 'source'>,
  store: JournalStore,
  options: TidyOptions,
): Promise<void> {
  const { clock, random } = bucket.ports
  const job = {
    client: bucket.client,
    bucket: bucket.name,
    key,
    place,
    sourceId: source,
    sourceName: source,
    options: completeOptions(options, { checkpoint: store }),
    clock,
    random,
  }
  const { signal = new AbortController().signal } = options
  signal.throwIfAborted()
  // Without credentials we cannot abort, so the upload stays unchanged.
  await bucket.client.ready(signal)
  const progress = new ProgressTracker(clock)
  progress.subscribe(options)
  const run = await prepare(job, false, progress, signal)
  try {
    await giveUp(run, discarded)
    await cleanUp(run)
    await run.checkpoint.remove()
  } finally {
    await run.checkpoint.close()
  }
}
