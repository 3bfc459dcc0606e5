// What checks that were killed left behind: uploads under keys that only `ossup doctor` makes of this address.

import type { Bucket } from '../../runtimes/node/index.ts'
import { isProbeKey } from './probe-key.ts'
import { abortProbe, type ProbeUpload } from './probe-upload.ts'

/** A check that still runs is younger: it ends within a minute. */
const abandonedMs = 10 * 60_000

/**
 * Finds them by one that has just been begun: both times are OSS's, whatever this computer's clock says.
 * @param own was begun at `key`, and is still there
 * @throws {OssError} if uploads may not be listed
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

/** @returns those that are gone; the others are left to the next check */
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
