// Unfinished uploads in the bucket, of any program: for uploads without a checkpoint.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import { OptionError } from '../errors.ts'
import { has } from '../foreign/web.ts'
import { resolveRetries } from '../options/retry-options.ts'
import type { ListedUpload } from '../oss/list-multipart-uploads.ts'
import { validateKey, validateUploadId } from '../oss/names.ts'
import { ProgressTracker } from '../progress/tracker.ts'
import { makeRequester } from '../schedule/make-requester.ts'
import { shown } from '../text/shown.ts'
import { pagesOfUploads } from '../upload/cleanup/find-uploads.ts'
import { abortUntilGone } from '../upload/cleanup/pending-aborts.ts'
import { checkArgument } from '../validation/check-options.ts'
import { unicode } from '../validation/rules.ts'
import { checkTidyOptions, type TidyOptions } from './discard-checkpoint.ts'

/**
 * Lists the uploads that were neither completed nor aborted.
 * @param prefix of their keys. @default '': all keys
 */
export async function* listUnfinishedUploads(
  bucket: Bucket,
  prefix = '',
  options: TidyOptions = {},
): AsyncGenerator<ListedUpload> {
  const means = meansOf(bucket, options)
  const checked = checkArgument('prefix', prefix, unicode)
  for await (const page of pagesOfUploads(means, checked)) yield* page
}

/**
 * Aborts an upload, and repeats that until OSS does not know it: a part in flight can arrive after an Abort.
 * @throws {OssupError} `LEFT_BEHIND` if OSS still knows it
 */
export async function abortUnfinishedUpload(
  bucket: Bucket,
  upload: Pick<ListedUpload, 'key' | 'uploadId'>,
  options: TidyOptions = {},
): Promise<void> {
  const means = meansOf(bucket, options)
  const { key, uploadId } = readUpload(upload)
  await abortUntilGone({ ...means, key }, uploadId)
}

/** The fields of a listed upload that an abort needs. */
function readUpload(given: unknown): { key: string; uploadId: string } {
  if (!has(given, { key: 'string', uploadId: 'string' })) {
    throw new OptionError('INVALID_UPLOAD', `The upload is ${shown(given)}`, {
      hint: 'Allowed: { key, uploadId }, as listUnfinishedUploads gives it',
    })
  }
  const { key, uploadId } = given as { key: unknown; uploadId: unknown }
  return { key: validateKey(key), uploadId: validateUploadId(uploadId) }
}

function meansOf(bucket: Bucket, given: TidyOptions) {
  checkBucket(bucket)
  const { client, ports } = bucket
  const { clock, random } = ports
  const { signal = new AbortController().signal, onEvent, ...retries } = checkTidyOptions(given)
  const progress = new ProgressTracker(clock)
  progress.subscribe({ onEvent })
  const requester = makeRequester({ client, clock, random }, resolveRetries(retries), progress)
  return { client, clock, random, requester, signal }
}
