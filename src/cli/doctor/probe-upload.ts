// An upload of our own under a key that nobody has, so that whatever is there is ours to give up.

import { type Bucket, OssError } from '../../runtimes/node/index.ts'

export interface ProbeUpload {
  readonly key: string
  readonly uploadId: string
}

/** Nobody waits longer for the tidying up, least of all after a Ctrl-C. */
const patience = { idleTimeoutMs: 3000 }
/** Parts in flight can outlive one Abort. */
const roundsMax = 3

/** Begins it. Where nobody knows whether OSS did, what it may have begun is looked for and given up. */
export async function beginProbe(
  bucket: Bucket,
  key: string,
  signal: AbortSignal,
): Promise<ProbeUpload> {
  try {
    const { uploadId } = await bucket.initiateMultipartUpload({ key }, { signal })
    return { key, uploadId }
  } catch (error) {
    const isRefused = error instanceof OssError && error.status < 500
    if (!isRefused) await abortAllAt(bucket, key)
    throw error
  }
}

/**
 * Gives it up, until OSS does not know it.
 * @returns the refusal, if it stayed
 */
export async function abortProbe(bucket: Bucket, upload: ProbeUpload): Promise<unknown> {
  for (let round = 1; round <= roundsMax; round += 1) {
    try {
      await bucket.abortMultipartUpload(upload, patience)
    } catch (error) {
      const isGone = error instanceof OssError && error.code === 'NoSuchUpload'
      return isGone ? undefined : error
    }
  }
  return undefined
}

/** As well as it can be done: where the network is gone, so is the way to tidy up. */
async function abortAllAt(bucket: Bucket, key: string): Promise<void> {
  try {
    const { uploads } = await bucket.listMultipartUploads({ prefix: key }, patience)
    for (const { uploadId } of uploads) await abortProbe(bucket, { key, uploadId })
  } catch {}
}
