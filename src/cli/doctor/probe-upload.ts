import { type Bucket, OssError } from '../../runtimes/node/index.ts'

/** Nobody waits longer for the tidying up after a Ctrl-C. */
const patienceMs = 3000
/** Parts in flight can outlive one Abort. */
const roundsMax = 3

/**
 * Gives an upload of ours up, until OSS does not know it.
 * @returns the refusal, if it stayed
 */
export async function abortProbe(
  bucket: Bucket,
  upload: { readonly key: string; readonly uploadId: string },
): Promise<unknown> {
  for (let round = 1; round <= roundsMax; round += 1) {
    try {
      await bucket.abortMultipartUpload(upload, { idleTimeoutMs: patienceMs })
    } catch (error) {
      const isGone = error instanceof OssError && error.code === 'NoSuchUpload'
      return isGone ? undefined : error
    }
  }
  return undefined
}
