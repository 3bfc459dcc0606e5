// Unfinished uploads as the bucket knows them, whoever began them: for those that no checkpoint has.

import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import { completeOptions } from '../options/upload-options.ts'
import type { ListedUpload } from '../oss/list-multipart-uploads.ts'
import { ProgressTracker } from '../progress/tracker.ts'
import { pagesOfUploads } from '../upload/cleanup/list-uploads.ts'
import { abortUntilGone } from '../upload/cleanup/pending-aborts.ts'
import { makeRequester } from '../upload/start/prepare.ts'
import type { TidyOptions } from './discard-checkpoint.ts'

/**
 * Lists the uploads that were neither completed nor aborted.
 * @param prefix of their keys; empty for all
 */
export async function* listUnfinishedUploads(
  bucket: Bucket,
  prefix: string,
  options: TidyOptions = {},
): AsyncGenerator<ListedUpload> {
  for await (const page of pagesOfUploads(meansOf(bucket, options), prefix)) yield* page
}

/**
 * Aborts an upload, again until OSS does not know it: parts that were in flight can outlive one Abort.
 * @throws {OssupError} `LEFT_BEHIND` if OSS still has it after all.
 */
export async function abortUnfinishedUpload(
  bucket: Bucket,
  { key, uploadId }: Pick<ListedUpload, 'key' | 'uploadId'>,
  options: TidyOptions = {},
): Promise<void> {
  await abortUntilGone({ ...meansOf(bucket, options), key }, uploadId)
}

function meansOf(bucket: Bucket, options: TidyOptions) {
  checkBucket(bucket)
  const { client, ports } = bucket
  const { clock, random } = ports
  const progress = new ProgressTracker(clock)
  progress.subscribe(options)
  const complete = completeOptions(options, { checkpoint: false, contentType: '' })
  const requester = makeRequester({ client, clock, random, options: complete }, progress)
  const { signal = new AbortController().signal } = options
  return { client, clock, random, requester, signal }
}
