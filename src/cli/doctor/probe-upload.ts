// Starts and aborts a test upload. No other program uses its key, so all uploads at that key may be aborted.

import { type Bucket, OssError } from '../../runtimes/node/index.ts'

export interface ProbeUpload {
  readonly key: string
  readonly uploadId: string
}

/** Clean-up must not keep the user waiting, above all after Ctrl-C. */
const shortTimeout = { idleTimeoutMs: 3000 }
/** Maximum number of abort requests. Parts in flight can still be stored after the first one. */
const roundsMax = 3

/** Starts the test upload. If it is unknown whether OSS started it, looks for uploads at the key and aborts them. */
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
 * Aborts the upload, several times if needed, until OSS does not know its id.
 * @returns the error if an abort failed, otherwise `undefined`
 */
export async function abortProbe(bucket: Bucket, upload: ProbeUpload): Promise<unknown> {
  for (let round = 1; round <= roundsMax; round += 1) {
    try {
      await bucket.abortMultipartUpload(upload, shortTimeout)
    } catch (error) {
      const isDetached = error instanceof OssError && error.code === 'NoSuchUpload'
      return isDetached ? undefined : error
    }
  }
  return undefined
}

/** Aborts all uploads at the key. Ignores errors, because without a network no clean-up is possible. */
async function abortAllAt(bucket: Bucket, key: string): Promise<void> {
  try {
    const { uploads } = await bucket.listMultipartUploads({ prefix: key }, shortTimeout)
    for (const { uploadId } of uploads) await abortProbe(bucket, { key, uploadId })
  } catch {}
}
