// Finds and aborts the uploads that killed runs of `ossup doctor` left at this address. Their keys are recognizable.

import type { Bucket } from '../../runtimes/node/index.ts'
import { isProbeKey } from './probe-key.ts'
import { abortProbe, type ProbeUpload } from './probe-upload.ts'

/** A check ends within a minute, so an upload older than this belongs to no running check. */
const abandonedMs = 10 * 60_000

/**
 * Lists the abandoned uploads. Compares their start times with that of our own new upload. Both times come from OSS,
 * so a wrong clock on this computer does not matter.
 * @param own an upload that was just started for `key` and is not aborted yet
 * @throws {OssError} if OSS does not allow the caller to list uploads
 */
export async function findEarlierProbes(
  bucket: Bucket,
  key: string,
  own: ProbeUpload,
  signal: AbortSignal,
): Promise<readonly ProbeUpload[]> {
  const prefix = own.key.replace(/[^-]*$/, '')
  const { uploads } = await bucket.listMultipartUploads({ prefix }, { signal })
  const now = uploads.find(({ uploadId }) => uploadId === own.uploadId)?.initiatedAt
  if (now === undefined) return []
  return uploads
    .filter(found => isProbeKey(found.key, key) && now - found.initiatedAt > abandonedMs)
    .map(found => ({ key: found.key, uploadId: found.uploadId }))
}

/** @returns the uploads that were aborted. The next run of `ossup doctor` tries the others again. */
export async function abortEarlierProbes(
  bucket: Bucket,
  uploads: readonly ProbeUpload[],
  signal: AbortSignal,
): Promise<readonly ProbeUpload[]> {
  const gone: ProbeUpload[] = []
  for (const upload of uploads) {
    signal.throwIfAborted()
    if ((await abortProbe(bucket, upload)) === undefined) gone.push(upload)
  }
  return gone
}
