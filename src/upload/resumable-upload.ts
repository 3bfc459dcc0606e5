// The call that the library is for, on any runtime. A runtime adds how its own kinds of source are
// opened and where its checkpoints are.

import { unlessAborted } from '../async/signals.ts'
import type { Bucket } from '../bucket/bucket.ts'
import { checkBucket } from '../bucket/check-bucket.ts'
import { saysRequesterPays } from '../options/object-headers.ts'
import {
  completeOptions,
  type UploadOptions,
  type UploadResult,
} from '../options/upload-options.ts'
import { validateKey } from '../oss/names.ts'
import type { JournalStore, Source, StreamSource } from '../ports.ts'
import { sourceContent } from './content/source-content.ts'
import { streamContent } from './content/stream-content.ts'
import type { EarlierUpload } from './run/run.ts'
import type { SharedResources } from './run/shared-resources.ts'
import { upload } from './upload.ts'
import { watchUpload } from './watch-upload.ts'

/**
 * Uploads a source as `key`, in parts if it is large, and continues where an earlier call for the same
 * source and destination left off. Options, key and credentials are checked before anything is sent.
 *
 * @param open opens the source; it is closed when the upload has ended
 * @param findEarlier what another program left of the upload of that source
 * @param checkpoint where progress is kept unless the options say otherwise
 * @param shared what it shares with the others of a batch
 * @throws {OptionError | SourceError | CredentialsError} before any request
 * @throws {NetworkError | OssError | IntegrityError | JournalError | StateError} `resumable` tells
 * whether the same call continues
 * @throws the signal's reason, once the upload has stopped; its checkpoint is kept
 */
export async function uploadFrom(
  bucket: Bucket,
  key: string,
  open: () => Promise<Source | StreamSource>,
  options: UploadOptions,
  checkpoint: JournalStore | false,
  findEarlier?: (sourceId: string) => Promise<EarlierUpload | undefined>,
  shared?: SharedResources,
): Promise<UploadResult> {
  checkBucket(bucket)
  validateKey(key)
  // A batch has checked its options once.
  if (shared === undefined) {
    completeOptions(options, { checkpoint })
  }
  options.signal?.throwIfAborted()
  await bucket.client.ready(options.signal)
  const source = await openSource(open, options.signal)
  const { contentType, earlier } = await closedOnFailure(source, options.signal, async () => ({
    contentType: options.contentType ?? (await bucket.guessContentType(key, source.name)),
    earlier: 'identity' in source ? await findEarlier?.(source.id) : undefined,
  }))
  const { signal, onProgress, onEvent } = options
  const { name, place, ports } = bucket
  const client = saysRequesterPays(options.headers) ? bucket.client.paying : bucket.client
  const job = {
    client,
    bucket: name,
    key,
    place,
    sourceId: source.id,
    sourceName: source.name,
    options:
      shared === undefined
        ? completeOptions(options, { checkpoint, contentType })
        : { ...shared.optionsFor(contentType), signal, onProgress, onEvent },
    clock: ports.clock,
    random: ports.random,
    bindContext: ports.bindContext,
    shared,
    earlier,
  }
  const content = 'identity' in source ? sourceContent(job, source) : streamContent(job, source)
  return watchUpload(bucket, job, watched => upload(watched, content))
}

/** Opens the source. A source that opens after the abort is closed again. */
async function openSource<S extends Source | StreamSource>(
  open: () => Promise<S>,
  signal: AbortSignal | undefined,
): Promise<S> {
  const opening = open()
  if (signal === undefined) return opening
  try {
    return await unlessAborted(opening, signal)
  } catch (error) {
    if (signal.aborted) opening.then(source => source.close()).catch(() => {})
    throw error
  }
}

/** The upload closes its source when it ends. Until it has started, nothing else would. */
async function closedOnFailure<T>(
  source: Source | StreamSource,
  signal: AbortSignal | undefined,
  prepare: () => Promise<T>,
): Promise<T> {
  try {
    const preparing = prepare()
    return await (signal === undefined ? preparing : unlessAborted(preparing, signal))
  } catch (error) {
    source.close().catch(() => {})
    throw error
  }
}
